"""Limits on what is held: single positions, and groups of them that fall together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from alchemiser.domain.market_rules.margin import maintenance_share
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.holdings import Member, Value
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.pool import UNKNOWN, Pool, Prices, of_equity, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.domain.values.numbers import ZERO


def position(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the largest position of each symbol (RC-01)."""
    if side is Side.SELL:
        return
    for name in prices:
        instrument, mark = context.instruments.get(name), context.mark(name)
        if instrument is None:
            yield refuse(RiskCode.SYMBOL_NOT_TRADABLE, UNKNOWN, "tradable", name)
            continue
        limit = context.limits.position_limit(instrument)
        if limit is None:
            continue
        if mark is None:
            yield refuse(RiskCode.PRICE_UNKNOWN, UNKNOWN, "known", name)
            continue
        taken = (context.carried().get(name, ZERO) * mark, {name: mark})
        yield of_equity(context, RiskCode.MAX_POSITION, limit, taken)


def gross_exposure(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of all positions times their leverage together (RC-03)."""
    limit = context.limits.max_gross_exposure
    if limit is not None and side is Side.BUY:
        yield _group(context, prices, RiskCode.MAX_GROSS_EXPOSURE, (limit, _everything, _leveraged))


def leverage(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of all positions together at their market value (RC-03)."""
    limit = context.limits.max_leverage
    if limit is not None and side is Side.BUY:
        yield _group(context, prices, RiskCode.MAX_LEVERAGE, (limit, _everything, _valued))


def margin_use(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most maintenance margin that all positions may require together (SE-04)."""
    limit, session = context.limits.max_margin_use, context.session
    if limit is None or side is Side.SELL:
        return
    if session is None:
        yield refuse(RiskCode.SESSION_CLOSED, UNKNOWN, "open", next(iter(prices), None))
        return

    rule = (limit, _everything, _Required(session.day))
    yield _group(context, prices, RiskCode.MAX_MARGIN_USE, rule)


def sector(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of each sector, times leverage (RC-02)."""
    limits = context.limits.max_sector
    if limits is None or side is Side.SELL:
        return
    rule = (_sector, limits.__getitem__, _leveraged)
    yield from _each_group(context, prices, RiskCode.MAX_SECTOR, rule)


def asset_class(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of each asset class (RC-02)."""
    limits = context.limits.max_asset_class
    if limits is None or side is Side.SELL:
        return
    rule = (_asset_class, limits.__getitem__, _valued)
    yield from _each_group(context, prices, RiskCode.MAX_ASSET_CLASS, rule)


def underlying(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of what moves with one underlying, times leverage (RC-05)."""
    limit = context.limits.max_underlying
    if limit is None or side is Side.SELL:
        return
    rule = (_base, lambda _: limit, _leveraged)
    yield from _each_group(context, prices, RiskCode.MAX_UNDERLYING, rule)


def correlated(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield the most of positions that move together: they count as one (RC-04)."""
    if context.limits.correlation_threshold is None or side is Side.SELL:
        return
    history = context.history
    markets = None if history is None else history.markets
    carried, wanted = context.carried(), next(iter(prices), None)
    if context.priced() is None:
        # What is not known may move together with anything.
        yield refuse(RiskCode.POSITION_UNPRICED, UNKNOWN, "every position priced", wanted)
        return
    names = sorted(carried.keys() | prices.keys())
    rows = [context.instruments[name] for name in names if name in context.instruments]
    if markets is None:
        threshold = context.limits.correlation_threshold
        yield refuse(RiskCode.MAX_CORRELATED, UNKNOWN, threshold, wanted)
        return
    for names_together in markets.moving_together(rows, context.limits):
        if not names_together & prices.keys():
            continue
        limit = _largest(context, [row for row in rows if row.symbol in names_together])
        if limit is not None:
            rule = (limit, _Among(names_together), _valued)
            yield _group(context, prices, RiskCode.MAX_CORRELATED, rule)


@dataclass(frozen=True, slots=True)
class _Among:
    """Say whether a symbol is one of these."""

    names: frozenset[Symbol]

    def __call__(self, row: Instrument) -> bool:
        return row.symbol in self.names


@dataclass(frozen=True, slots=True)
class _OfKind:
    """Say whether a symbol is of this kind."""

    kind_of: Callable[[Instrument], str]
    kind: str

    def __call__(self, row: Instrument) -> bool:
        return self.kind_of(row) == self.kind


@dataclass(frozen=True, slots=True)
class _Required:
    """Return the maintenance margin of a share on a day, dollars."""

    day: date

    def __call__(self, row: Instrument, mark: Decimal) -> Decimal:
        return mark * maintenance_share(self.day, mark, row.leverage)


Kind = TypeVar("Kind", bound=str)


def _each_group(
    context: RiskContext,
    prices: Prices,
    code: RiskCode,
    rule: tuple[Callable[[Instrument], Kind], Callable[[Kind], Decimal], Value],
) -> Iterator[Pool | Violation]:
    """Yield the pool of each kind that is to be bought."""
    kind_of, limit_of, value = rule
    bought = (context.instruments[name] for name in prices if name in context.instruments)
    for kind in sorted({kind_of(row) for row in bought}):
        rule_of_kind = (limit_of(kind), _OfKind(kind_of, kind), value)
        yield _group(context, prices, code, rule_of_kind)


def _group(
    context: RiskContext,
    prices: Prices,
    code: RiskCode,
    rule: tuple[Decimal, Member, Value],
) -> Pool | Violation:
    """Return the pool of the members of a group, or what is not known of them."""
    limit, member, value = rule
    positions = context.priced()
    if positions is None:
        name = next(iter(prices), None)
        return refuse(RiskCode.POSITION_UNPRICED, UNKNOWN, "every position priced", name)
    each: dict[Symbol, Decimal] = {}
    for wanted in prices:
        instrument, price = context.instruments.get(wanted), context.mark(wanted)
        if instrument is None or price is None:
            return refuse(RiskCode.POSITION_UNPRICED, UNKNOWN, "every position priced", wanted)
        if member(instrument):
            each[wanted] = value(instrument, price)
    return of_equity(context, code, limit, (positions.taken(member, value), each))


def _everything(_: Instrument) -> bool:
    return True


def _leveraged(instrument: Instrument, mark: Decimal) -> Decimal:
    return abs(instrument.leverage) * mark


def _valued(_: Instrument, mark: Decimal) -> Decimal:
    return mark


def _sector(instrument: Instrument) -> Sector:
    return instrument.sector


def _asset_class(instrument: Instrument) -> AssetClass:
    return instrument.asset_class


def _base(instrument: Instrument) -> Symbol:
    return instrument.underlying or instrument.symbol


def _largest(context: RiskContext, rows: Sequence[Instrument]) -> Decimal | None:
    """Return the largest position limit of `rows`, or None when one of them has none."""
    limits = [context.limits.position_limit(row) for row in rows]
    known = [limit for limit in limits if limit is not None]
    return max(known) if len(known) == len(limits) else None
