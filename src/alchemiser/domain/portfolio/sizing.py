"""How large a position may be: cut by its swings, its liquidity and its impact, before any limit.

Weights only shrink here, and what is cut is cash. Every measured figure is rounded to twelve
significant digits before it is compared, and every sum is exact before that.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.past import Past, sample_deviation
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import (
    ONE,
    WEIGHT,
    ZERO,
    decimal_from_float,
    finite,
    positive,
    round_down,
)
from alchemiser.domain.values.target import TargetPortfolio

SESSIONS_A_YEAR: Final = 252
_MARGINS: Final = (ZERO, *(WEIGHT * 2**power for power in range(30)), ONE)
"""By how much more than computed a portfolio is scaled down, until its rounded weights fit too."""


class SizingRule(StrEnum):
    """Name what may cut a weight; the names are those of the settings."""

    RISK_PER_POSITION = "risk_per_position"
    MAX_ADV_SHARE = "max_adv_share"
    MAX_IMPACT = "max_impact"
    TARGET_VOLATILITY = "target_volatility"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """Say how positions are sized; a rule that is None is off.

    Attributes:
        target_volatility: Most that the portfolio may have swung, a fraction a year, above zero.
        volatility_sessions: Daily returns that volatility is measured over, at least 2.
        risk_per_position: Most of the book's equity that one position may lose when its price
            falls by `atr_multiple` average true ranges, in (0, 1].
        atr_sessions: Window of the average true range, at least 1.
        atr_multiple: How many average true ranges a price is taken to fall, above zero.
        max_adv_share: Largest position as a fraction of what is traded in the symbol on an average
            day, above zero.
        max_impact: Most that buying may be estimated to move the price, a fraction, above zero.
        adv_sessions: Sessions that the average day is the mean of, at least 1.
    """

    target_volatility: Decimal | None = None
    volatility_sessions: int = 20
    risk_per_position: Decimal | None = None
    atr_sessions: int = 14
    atr_multiple: Decimal = Decimal(2)
    max_adv_share: Decimal | None = None
    max_impact: Decimal | None = None
    adv_sessions: int = 20

    def __post_init__(self) -> None:
        for rule in SizingRule:
            if (limit := self.limit(rule)) is not None:
                positive(limit, rule)
        positive(self.atr_multiple, "atr_multiple")
        if self.risk_per_position is not None and self.risk_per_position > ONE:
            msg = f"risk_per_position must be at most 1, not {self.risk_per_position}."
            raise InvalidValueError(msg)
        for name, smallest in (("volatility", 2), ("atr", 1), ("adv", 1)):
            if (sessions := getattr(self, f"{name}_sessions")) < smallest:
                msg = f"{name}_sessions must be at least {smallest}, not {sessions}."
                raise InvalidValueError(msg)

    def limit(self, rule: SizingRule) -> Decimal | None:
        """Return the figure that `rule` may not exceed, or None when it is off."""
        match rule:
            case SizingRule.RISK_PER_POSITION:
                return self.risk_per_position
            case SizingRule.MAX_ADV_SHARE:
                return self.max_adv_share
            case SizingRule.MAX_IMPACT:
                return self.max_impact
            case SizingRule.TARGET_VOLATILITY:
                return self.target_volatility


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """Tell how one rule cut one weight, or the whole portfolio.

    Attributes:
        rule: What cut it.
        symbol: Whose weight; None for the sum of all.
        wanted: Weight before, in (0, 1].
        allowed: Weight after, below `wanted`; zero where what the rule measures is not known.
    """

    rule: SizingRule
    symbol: Symbol | None
    wanted: Decimal
    allowed: Decimal


def missing(sizing: Sizing, panel: BarPanel) -> tuple[SizingRule, ...]:
    """Return the rules that are on but left out, because `panel` has no volumes at all."""
    if panel.volume is not None:
        return ()
    liquidity = (SizingRule.MAX_ADV_SHARE, SizingRule.MAX_IMPACT)
    return tuple(rule for rule in liquidity if sizing.limit(rule) is not None)


def approximated(sizing: Sizing, panel: BarPanel) -> tuple[SizingRule, ...]:
    """Return the rules that are on and measure ranges by closes, for want of highs and lows."""
    if panel.high is not None and panel.low is not None:
        return ()
    return () if sizing.risk_per_position is None else (SizingRule.RISK_PER_POSITION,)


def sized(
    target: TargetPortfolio,
    sizing: Sizing,
    panel: BarPanel,
    row: int,
    equity: Decimal,
    held: Mapping[Symbol, Decimal],
) -> tuple[TargetPortfolio, tuple[Sized, ...]]:
    """Return `target` with its weights cut to what `sizing` allows, and each cut.

    In this order, each rule on what the one before has left:

    1. The average true range: weight x multiple x range / price at most `risk_per_position`.
       Where a bar has no high or low, its true range is the change of the close.
    2. Liquidity: weight x equity at most `max_adv_share` of the dollars traded a day.
    3. Impact of buying: daily deviation x sqrt(dollars bought / dollars traded a day) at most
       `max_impact`. A sale is not held up.
    4. Volatility: all weights by one factor, min(1, target / realised). Realised is the sample
       deviation of the daily returns that these weights would have earned, times sqrt(252).

    A symbol of which a rule that is on does not know enough gets no weight: a bar is missing,
    blocked or too young, or its volume is zero. Sized weights stay as they are when sized again.

    Volumes and ranges are read up to the last closed session. To decide in a backtest as shortly
    before the close, pass a panel that ends with `row` and is marked provisional.

    Sources: Wilder (1978), New Concepts in Technical Trading Systems, section III; Grinold and
    Kahn (2000), Active Portfolio Management, chapter 16, for the square root, where Almgren et al.
    (2005) measure a power of 3/5; Moreira and Muir (2017), Volatility-Managed Portfolios.

    Args:
        target: What the strategy wants of its book.
        sizing: The rules.
        panel: Bars; nothing after `row` is read.
        row: As of which session, 0-based.
        equity: What the book is worth, dollars. One that is worth nothing cannot buy too much:
            neither liquidity nor impact cuts it.
        held: Shares in the book.

    Returns:
        The target, and the cuts in the order of the rules, then by symbol.

    Raises:
        InvalidValueError: When the panel has no such row, or `equity` is not finite.
    """
    past = Past.of(panel, row)
    cuts: list[Sized] = []
    weights = dict(target.weights)
    for rule, cap in _caps(sizing, past, finite(equity, "equity"), held):
        allowed = {name: min(weight, cap(name) or ZERO) for name, weight in weights.items()}
        weights = _applied(rule, weights, allowed, cuts)
    if sizing.target_volatility is not None:
        weights = _steadied(weights, sizing.target_volatility, sizing, past, cuts)
    return TargetPortfolio(tuple(weights.items())), tuple(cuts)


_Cap = Callable[[Symbol], Decimal | None]
"""Returns the largest weight of a symbol, or None when it is not known."""


def _caps(
    sizing: Sizing, past: Past, equity: Decimal, held: Mapping[Symbol, Decimal]
) -> Iterator[tuple[SizingRule, _Cap]]:
    risk, share, impact = sizing.risk_per_position, sizing.max_adv_share, sizing.max_impact
    if risk is not None:
        yield SizingRule.RISK_PER_POSITION, lambda name: _by_range(name, risk, sizing, past)
    if past.panel.volume is None:
        return
    if share is not None:
        yield (
            SizingRule.MAX_ADV_SHARE,
            lambda name: _of(equity, _position_room(name, share, sizing, past)),
        )
    if impact is not None:
        yield (
            SizingRule.MAX_IMPACT,
            lambda name: _of(equity, _impact_room(name, impact, sizing, past, held)),
        )


def _by_range(name: Symbol, risk: Decimal, sizing: Sizing, past: Past) -> Decimal | None:
    fall = past.range_share(name, sizing.atr_sessions)
    return None if fall is None else _part(risk, sizing.atr_multiple * fall)


def _position_room(name: Symbol, share: Decimal, sizing: Sizing, past: Past) -> Decimal | None:
    daily = past.daily_dollars(name, sizing.adv_sessions)
    return None if daily is None else share * daily


def _impact_room(
    name: Symbol, impact: Decimal, sizing: Sizing, past: Past, held: Mapping[Symbol, Decimal]
) -> Decimal | None:
    """Return the dollars that the position may reach: those held, and those that may be bought."""
    daily, price = past.daily_dollars(name, sizing.adv_sessions), past.price(name)
    deviation = past.deviation(name, sizing.volatility_sessions)
    if daily is None or price is None or deviation is None:
        return None
    # A price that never moves is not moved by buying either.
    room = daily * (impact / deviation) ** 2 if deviation else Decimal("Infinity")
    return held.get(name, ZERO) * price + room


def _of(equity: Decimal, dollars: Decimal | None) -> Decimal | None:
    return None if dollars is None else _part(dollars, equity)


def _part(room: Decimal, whole: Decimal) -> Decimal:
    """Return how much of `whole` fits into a `room` above zero, in [0, 1] at 1e-9."""
    return ONE if room >= whole else round_down(room / whole, WEIGHT)


def _applied(
    rule: SizingRule,
    weights: Mapping[Symbol, Decimal],
    allowed: Mapping[Symbol, Decimal],
    cuts: list[Sized],
) -> dict[Symbol, Decimal]:
    """Return the weights allowed that are above zero, and add each cut to `cuts`."""
    cuts += [
        Sized(rule=rule, symbol=name, wanted=weight, allowed=allowed[name])
        for name, weight in weights.items()
        if allowed[name] < weight
    ]
    return {name: weight for name, weight in allowed.items() if weight}


def _steadied(
    weights: Mapping[Symbol, Decimal], limit: Decimal, sizing: Sizing, past: Past, cuts: list[Sized]
) -> dict[Symbol, Decimal]:
    returns = {name: past.returns(name, sizing.volatility_sessions) for name in weights}
    known = {name: series for name, series in returns.items() if series is not None}
    allowed = {name: weight if name in known else ZERO for name, weight in weights.items()}
    rule = SizingRule.TARGET_VOLATILITY
    kept = _applied(rule, weights, allowed, cuts)
    realised = _volatility(kept, known)
    if realised <= limit:
        return kept
    steady = next(
        scaled
        for margin in _MARGINS
        if _volatility(scaled := _scaled(kept, limit / realised * (ONE - margin)), known) <= limit
    )
    wanted, left = sum(kept.values(), ZERO), sum(steady.values(), ZERO)
    cuts.append(Sized(rule=rule, symbol=None, wanted=wanted, allowed=left))
    return steady


def _scaled(weights: Mapping[Symbol, Decimal], factor: Decimal) -> dict[Symbol, Decimal]:
    scaled = {name: round_down(weight * factor, WEIGHT) for name, weight in weights.items()}
    return {name: weight for name, weight in scaled.items() if weight}


def _volatility(
    weights: Mapping[Symbol, Decimal], returns: Mapping[Symbol, Sequence[float]]
) -> Decimal:
    """Return the yearly deviation of what `weights`, held all the time, would have earned."""
    if not weights:
        return ZERO
    earned = [[float(weight) * one for one in returns[name]] for name, weight in weights.items()]
    daily = sample_deviation([math.fsum(session) for session in zip(*earned, strict=True)])
    return decimal_from_float(daily * math.sqrt(SESSIONS_A_YEAR))
