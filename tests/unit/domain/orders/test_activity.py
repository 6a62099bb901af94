"""What happened in an account, in words."""

from datetime import date
from decimal import Decimal

from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import Symbol


def test_a_dividend_tells_its_money_and_no_shares_that_did_not_move() -> None:
    told = Activity(
        activity_id="1",
        kind=ActivityKind.DIVIDEND,
        day=date(2025, 6, 17),
        symbol=Symbol("AGG"),
        cash=Decimal("40.78"),
        text="DIV",
    )

    assert told.sentence() == "dividend on 2025-06-17: +40.78 dollars for AGG (DIV)"
