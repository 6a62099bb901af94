"""The second source of market data, where one is declared."""

from dataclasses import replace
from typing import Final

from alchemiser.application.second_source import (
    LeadingMarket,
    QuorumPolicy,
    SecondSource,
    check_consistent,
)
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.values.numbers import CENT
from alchemiser.ports.bars_store import BarsStorePort
from alchemiser.ports.errors import PortError
from alchemiser.ports.market_data import MarketDataPort, PricedMarketDataPort
from alchemiser.settings import Settings

NONE: Final = "none"
CALENDAR: Final = "XNYS"
"""Whose sessions every source is laid on: the engine has one calendar."""


def second_kind(settings: Settings) -> str:
    """Return which adapter reads the second source, or `none`."""
    secondary = settings.data.secondary
    return NONE if secondary is None else secondary.adapter


def second_feed(settings: Settings) -> str | None:
    """Return the broker's name of the second source's feed."""
    secondary = settings.data.secondary
    return None if secondary is None else secondary.feed


def second_source(
    settings: Settings,
    first: PricedMarketDataPort,
    second: PricedMarketDataPort | None,
    bars_store: BarsStorePort,
) -> SecondSource | None:
    """Return the declared second source, or None.

    Args:
        settings: The owner's.
        first: The first source.
        second: The second source, or None.
        bars_store: Where the second's bars are kept.

    Raises:
        SettingsError: When the two cannot be compared.
        PortError: When one that is needed cannot be read.
    """
    data, declared = settings.data, settings.data.secondary
    if declared is None or second is None:
        return None
    policy = QuorumPolicy(
        tolerance=declared.tolerance,
        weight_tolerance=declared.weight_tolerance,
        second_alone=declared.on_primary_missing == "use_secondary",
        first_alone=declared.on_secondary_missing == "use_primary",
    )
    name = {"synthetic": str(data.seed), "files": data.path or "", "alpaca": data.feed}
    facts = _facts(data.adapter, name[data.adapter], first)
    try:
        theirs = _facts(declared.adapter, declared.path or declared.feed, second)
        check_consistent(facts, theirs)
    except PortError:
        if not policy.first_alone:
            raise
        # What it is made of is proved by the first run that can read it.
        theirs = replace(facts, adapter=declared.adapter, feed=declared.path or declared.feed)
    return SecondSource(
        market=second,
        facts=theirs,
        first=facts,
        policy=policy,
        bars_store=bars_store,
        leading=LeadingMarket(first, second, policy),
    )


def leading_market(first: MarketDataPort, second: SecondSource | None) -> MarketDataPort:
    """Return the source that is decided on."""
    return first if second is None else second.leading


def _facts(adapter: str, feed: str, market: PricedMarketDataPort) -> SourceFacts:
    """Return what a source is made of; by its contract `close` is adjusted for everything.

    Raises:
        PortError: When the source cannot be read.
    """
    both = market.price_increment() == CENT  # a source without a trading basis has no cents
    adjustment = "close=all raw_close=raw" if both else "close=all"
    return SourceFacts(adapter=adapter, feed=feed, adjustment=adjustment, calendar=CALENDAR)
