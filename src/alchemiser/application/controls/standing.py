"""Orders that may not be sent at all: for the account, the state, the hours or the symbol."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.application.controls.bench import (
    BROAD,
    CLOSE,
    EQUITY,
    LISTED,
    OPEN,
    SHUT,
    STRANGE,
    Afternoon,
    Case,
    Maker,
    an_account,
    an_order,
    holding,
    in_cash,
    quote,
)
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.risk.limits import RiskCode, TradingState
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import ListingStatus
from alchemiser.domain.values.numbers import CENT, ZERO, round_up

SHARES_OF_EQUITY: Final = (
    RiskCode.MAX_DAILY_LOSS,
    RiskCode.MAX_DRAWDOWN,
    RiskCode.MAX_ORDER_EQUITY,
    RiskCode.MAX_SYMBOL_TURNOVER,
    RiskCode.MAX_TURNOVER,
    RiskCode.MAX_POSITION,
    RiskCode.MAX_SECTOR,
    RiskCode.MAX_ASSET_CLASS,
    RiskCode.MAX_UNDERLYING,
    RiskCode.MAX_GROSS_EXPOSURE,
    RiskCode.MAX_LEVERAGE,
    RiskCode.MAX_MARGIN_USE,
    RiskCode.MAX_NET_EXPOSURE,
    RiskCode.MAX_VAR,
    RiskCode.MAX_EXPECTED_SHORTFALL,
)
"""Limits that say nothing while there is no equity."""
_ALMOST_NOTHING: Final = Decimal("1e-40")


def _account_unknown(at: Afternoon) -> Iterator[Case]:
    sound = at.context()
    yield "account", an_order(BROAD), replace(sound, account=None)
    yield "cash", an_order(BROAD), replace(sound, cash=None)
    empty = replace(an_account(), equity=ZERO)
    for code in SHARES_OF_EQUITY:
        yield f"equity.{code}", an_order(BROAD), replace(at.only(code), account=empty)


def _account_blocked(at: Afternoon) -> Iterator[Case]:
    blocked = replace(an_account(), blocked=True)
    yield "", an_order(BROAD), replace(at.context(), account=blocked)


def _trading_state(at: Afternoon) -> Iterator[Case]:
    held = holding(at.context(), BROAD)
    sale = an_order(BROAD, side=Side.SELL)
    yield "halted_buy", an_order(BROAD), replace(held, state=TradingState.HALTED)
    yield "halted_sell", sale, replace(held, state=TradingState.HALTED)
    yield "reducing_buy", an_order(BROAD), replace(held, state=TradingState.REDUCING)


def _session_closed(at: Afternoon) -> Iterator[Case]:
    sound, order = at.context(), an_order(BROAD)
    yield "before", order, replace(sound, now=OPEN - timedelta(seconds=1))
    yield "after", order, replace(sound, now=CLOSE)
    yield "unknown", order, replace(sound, session=None)
    margin = in_cash(at.only(RiskCode.MAX_MARGIN_USE))
    yield "unknown.max_margin_use", order, replace(margin, session=None, any_hour=True)


def _not_tradable(at: Afternoon) -> Iterator[Case]:
    yield "shut", an_order(SHUT), at.context()
    yield "unknown", an_order(STRANGE), at.context()


def _halted(at: Afternoon) -> Iterator[Case]:
    sound = at.context()
    yield "told_by_reference_data", an_order(SHUT), _listed_as(sound, ListingStatus.HALTED)
    stopped = {**sound.quotes, BROAD: replace(quote(BROAD), halted=True)}
    yield "told_by_quote", an_order(BROAD), replace(sound, quotes=stopped)


def _suspended(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(SHUT), _listed_as(at.context(), ListingStatus.SUSPENDED)


def _delisted(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(SHUT), _listed_as(at.context(), ListingStatus.DELISTED)


def _corporate_action(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(SHUT), _listed_as(at.context(), ListingStatus.CORPORATE_ACTION)


def _restricted(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(LISTED), at.context()


def _unreconciled(at: Afternoon) -> Iterator[Case]:
    yield "", an_order(BROAD), differing(at.context(), BROAD)


def _daily_loss(at: Afternoon) -> Iterator[Case]:
    yield from _lost(at, RiskCode.MAX_DAILY_LOSS)


def _drawdown(at: Afternoon) -> Iterator[Case]:
    yield from _lost(at, RiskCode.MAX_DRAWDOWN)


def _lost(at: Afternoon, code: RiskCode) -> Iterator[Case]:
    sound = at.only(code)
    yield "", an_order(BROAD), after_loss(sound, code, at.most(code))
    yield "history_unknown", an_order(BROAD), replace(in_cash(sound), history=None)


def after_loss(context: RiskContext, code: RiskCode, limit: Decimal) -> RiskContext:
    """Return the world in which there was so much more equity that `limit` is reached.

    All cannot be lost while there is equity: then there was so much before that the rest rounds to
    nothing.
    """
    before = round_up(EQUITY / max(1 - limit, _ALMOST_NOTHING), CENT) + CENT
    daily = code is RiskCode.MAX_DAILY_LOSS
    anchors = Anchors(last_close=before) if daily else Anchors(peak=before)
    past = context.history
    return context if past is None else replace(context, history=replace(past, anchors=anchors))


def differing(context: RiskContext, name: Symbol) -> RiskContext:
    """Return the world in which the account holds `name` otherwise than the books say."""
    past = context.history
    known = None if past is None else replace(past, unreconciled=frozenset({name}))
    return replace(context, history=known)


def _listed_as(context: RiskContext, status: ListingStatus) -> RiskContext:
    shut = replace(context.instruments[SHUT], status=status)
    return replace(context, instruments={**context.instruments, SHUT: shut})


STANDING: Final[Mapping[RiskCode, Maker]] = MappingProxyType({
    RiskCode.ACCOUNT_UNKNOWN: _account_unknown,
    RiskCode.ACCOUNT_BLOCKED: _account_blocked,
    RiskCode.TRADING_STATE: _trading_state,
    RiskCode.SESSION_CLOSED: _session_closed,
    RiskCode.SYMBOL_NOT_TRADABLE: _not_tradable,
    RiskCode.SYMBOL_HALTED: _halted,
    RiskCode.SYMBOL_SUSPENDED: _suspended,
    RiskCode.SYMBOL_DELISTED: _delisted,
    RiskCode.CORPORATE_ACTION: _corporate_action,
    RiskCode.RESTRICTED: _restricted,
    RiskCode.SYMBOL_UNRECONCILED: _unreconciled,
    RiskCode.MAX_DAILY_LOSS: _daily_loss,
    RiskCode.MAX_DRAWDOWN: _drawdown,
})
