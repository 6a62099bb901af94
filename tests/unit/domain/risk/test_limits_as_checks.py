"""A limit as a check of one order: every pool of it is asked, and sells of a figure are not."""

from collections.abc import Iterator
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.checks import FitsInto, StaysWithin
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, RiskLimits, Violation
from alchemiser.domain.risk.measures import Measure
from alchemiser.domain.risk.pool import Pool, Prices, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import a_context, an_order

SPY = Symbol("SPY")


def dollars(capacity: int) -> Pool:
    """Return a pool of which a share of SPY takes one dollar."""
    return Pool(
        code=RiskCode.MAX_SECTOR,
        used=Decimal(0),
        capacity=Decimal(capacity),
        each={SPY: Decimal(1)},
        limit=Decimal(capacity),
    )


def two(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield a pool with room for the order and one without."""
    del context, prices, side
    yield dollars(10)
    yield dollars(9)


def unknown(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool | Violation]:
    """Yield that the limit cannot be judged, of no symbol in particular."""
    del context, prices, side
    yield refuse(RiskCode.MAX_SECTOR, "unknown", "known", None)


def one_half(limits: RiskLimits) -> Decimal:
    """Return the limit of a figure."""
    del limits
    return Decimal("0.5")


def shares(held: object, context: RiskContext) -> Decimal:
    """Return a figure that is too large as soon as anything is added."""
    del context
    return Decimal(1) if held else Decimal(0)


def test_order_has_to_fit_into_every_pool_of_a_limit() -> None:
    """RC-17."""
    refusal = FitsInto(two)(an_order(quantity="10"), a_context())

    assert refusal == Violation(code=RiskCode.MAX_SECTOR, observed="10", limit="9", symbol=SPY)
    assert FitsInto(two)(an_order(quantity="9"), a_context()) is None


def test_limit_that_cannot_be_judged_names_the_order_s_symbol() -> None:
    """OS-21."""
    refusal = FitsInto(unknown)(an_order(), a_context())

    assert refusal == Violation(
        code=RiskCode.MAX_SECTOR, observed="unknown", limit="known", symbol=SPY
    )


def test_sells_are_not_measured_even_where_a_buy_of_as_much_is_refused() -> None:
    """RC-17: a way out is never closed by a figure."""
    check = StaysWithin(Measure(code=RiskCode.MAX_VAR, limit=one_half, figure=shares))

    assert check(an_order(), a_context()) is not None
    assert check(an_order(side=Side.SELL), a_context()) is None
