"""Limits on the whole that are no sums: a further position may make the figure smaller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.markets import MarketHistory
from alchemiser.domain.risk.pool import UNKNOWN, no_equity, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ZERO

Held = Mapping[Symbol, Decimal]
"""Positions as shares of equity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Describe one limit on a figure of the whole portfolio.

    Attributes:
        code: Whose limit.
        limit: Reads the limit; None switches it off.
        figure: Returns what is limited, as a share of equity, or None when it is not known.
    """

    code: RiskCode
    limit: Callable[[RiskLimits], Decimal | None]
    figure: Callable[[Held, RiskContext], Decimal | None]

    def refusal(self, context: RiskContext, added: Held) -> Violation | None:
        """Return why the shares in `added` may not be bought, or None when they may.

        What makes the figure smaller is not refused, although it is above its limit.
        """
        limit, name = self.limit(context.limits), next(iter(added), None)
        if limit is None:
            return None
        unknown = no_equity(context, name)
        if unknown is not None:
            return unknown
        after = self._after(context, added)
        if after is None:
            return refuse(self.code, UNKNOWN, limit, name)
        if after <= limit:
            return None
        before = self._after(context, {})
        if before is not None and after <= before:
            return None
        return refuse(self.code, after, limit, name)

    def excess(self, context: RiskContext, added: Held) -> Violation | None:
        """Return the refusal where it is for a figure that is known and too large, else None."""
        refusal = self.refusal(context, added)
        if refusal is None or refusal.code is not self.code or refusal.observed == UNKNOWN:
            return None
        return refusal

    def takes_part(self, context: RiskContext, added: Held) -> bool:
        """Say whether `added`, part of what was refused, may be bought and is worth an order.

        What is so small that a figure too large already does not tell it is not worth one.
        """
        if self.refusal(context, added) is not None:
            return False
        limit, before = self.limit(context.limits), self._after(context, {})
        too_large = limit is not None and before is not None and before > limit
        return not too_large or self._after(context, added) != before

    def _after(self, context: RiskContext, added: Held) -> Decimal | None:
        held = _positions(context, added)
        return None if held is None else self.figure(held, context)


def _positions(context: RiskContext, added: Held) -> Held | None:
    """Return what is carried with `added` as shares of equity, or None when one has no price."""
    holdings, equity = context.priced(), context.equity()
    if holdings is None or not equity:
        return None
    held = {name: worth / equity for name, worth in holdings.worth().items()}
    for name, quantity in added.items():
        mark = context.mark(name)
        if mark is None or name not in context.instruments:
            return None
        held[name] = (context.carried().get(name, ZERO) + quantity) * mark / equity
    return held


def _net(held: Held, context: RiskContext) -> Decimal:
    signed = (weight * context.instruments[name].leverage for name, weight in held.items())
    return abs(sum(signed, ZERO))


def _var(held: Held, context: RiskContext) -> Decimal | None:
    markets = _markets(context)
    if markets is None:
        return None
    return markets.value_at_risk(held, _instruments(held, context), context.limits)


def _shortfall(held: Held, context: RiskContext) -> Decimal | None:
    markets = _markets(context)
    if markets is None:
        return None
    return markets.expected_shortfall(held, _instruments(held, context), context.limits)


def _markets(context: RiskContext) -> MarketHistory | None:
    return None if context.history is None else context.history.markets


def _instruments(held: Held, context: RiskContext) -> list[Instrument]:
    return [context.instruments[name] for name in held]


MEASURES: Final = (
    Measure(
        code=RiskCode.MAX_NET_EXPOSURE,
        limit=lambda limits: limits.max_net_exposure,
        figure=_net,
    ),
    Measure(code=RiskCode.MAX_VAR, limit=lambda limits: limits.max_var, figure=_var),
    Measure(
        code=RiskCode.MAX_EXPECTED_SHORTFALL,
        limit=lambda limits: limits.max_expected_shortfall,
        figure=_shortfall,
    ),
)
