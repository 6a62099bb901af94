"""What the broker says is taken only when it can be true (FAULTS invariant 15)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.orders.account import AccountKind, AccountSnapshot, Position
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import ACCOUNT, NOW, an_account


def held(name: str, quantity: str) -> Position:
    return Position(symbol=Symbol(name), quantity=Decimal(quantity))


@pytest.mark.parametrize(
    "name", ["cash", "equity", "buying_power", "settled_cash", "maintenance_margin"]
)
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_account_without_real_money_is_refused(name: str, value: str) -> None:
    """A17."""
    with pytest.raises(InvalidValueError, match=name):
        replace(an_account(), **{name: Decimal(value)})  # type: ignore[arg-type]


def test_account_is_open_and_empty_unless_said_otherwise() -> None:
    account = AccountSnapshot(
        account=ACCOUNT, cash=Decimal(7), equity=Decimal(7), buying_power=Decimal(7), at=NOW
    )

    assert not account.blocked
    assert account.positions == ()
    assert account.kind is AccountKind.MARGIN
    assert (account.settled_cash, account.maintenance_margin) == (None, None)


def test_account_may_be_in_debt_and_short() -> None:
    account = an_account("-20.01", {"SPY": "-3"}, equity="-1500")

    assert (account.cash, account.positions) == (Decimal("-20.01"), (held("SPY", "-3"),))


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "0"])
def test_position_of_no_real_quantity_is_refused(quantity: str) -> None:
    """A17."""
    with pytest.raises(InvalidValueError, match="SPY"):
        held("SPY", quantity)


@pytest.mark.parametrize(
    "positions",
    [(held("SPY", "3"), held("SPY", "4")), (held("SPY", "3"), held("AGG", "4"))],
    ids=["twice", "unsorted"],
)
def test_positions_stand_once_and_sorted(positions: tuple[Position, ...]) -> None:
    """OS-24: of two rows for one symbol, a comparison would see only one."""
    with pytest.raises(InvalidValueError, match="sorted by symbol, each once"):
        replace(an_account(), positions=positions)
