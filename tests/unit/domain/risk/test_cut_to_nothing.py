"""A wish that one limit has cut to nothing takes nothing of the next one's room (RC-17)."""

from collections.abc import Iterator
from decimal import Decimal

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk.clipping import fitted
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.risk.pool import Pool, Prices
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import NOW, a_context, an_account, an_intent
from alchemiser.testing.fakes import quote

AGG, SPY = Symbol("AGG"), Symbol("SPY")


def of_spy(code: RiskCode, capacity: str) -> Pool:
    """Return a pool of dollars that SPY takes five of a share."""
    return Pool(
        code=code,
        used=Decimal(0),
        capacity=Decimal(capacity),
        each={SPY: Decimal(5)},
        limit=Decimal("0.5"),
    )


def one_full_one_free(context: RiskContext, prices: Prices, side: Side) -> Iterator[Pool]:
    """Yield a pool without room and one with some."""
    del context, prices, side
    yield of_spy(RiskCode.MAX_LEVERAGE, "0")
    yield of_spy(RiskCode.MAX_POSITION, "100")


def test_wish_of_nothing_left_is_not_asked_how_much_of_it_fits() -> None:
    """RC-17: the first limit alone is told, and what takes nothing of either stays."""
    context = a_context(
        an_account("90000", {}, equity="100000"),
        quotes=[
            quote("AGG", "97.90", "98.10", at=NOW),
            quote("SPY", "499.90", "500.10", at=NOW),
        ],
    )
    wishes = [an_intent("AGG", klm="20"), an_intent("SPY", klm="10")]

    kept, limited = fitted(wishes, context, Decimal("0.005"), [one_full_one_free])

    assert [one.quantity() for one in kept] == [Decimal(20), Decimal(0)]
    assert [(one.code, one.symbol) for one in limited] == [(RiskCode.MAX_LEVERAGE, SPY)]
