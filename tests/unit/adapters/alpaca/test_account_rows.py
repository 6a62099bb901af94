"""The account is told to the cent, and whatever keeps it from trading blocks it."""

import json
from decimal import Decimal
from typing import Any

import pytest

from alchemiser.adapters.alpaca.account_rows import AccountRow, PositionRow, snapshot
from alchemiser.adapters.alpaca.decoding import MalformedAnswerError, decode
from alchemiser.adapters.alpaca.health import Health
from alchemiser.domain.orders.account import AccountKind, AccountSnapshot, Position
from alchemiser.domain.values.identifiers import Symbol
from tests.unit.adapters.alpaca.telling import NOW, Alerts, account_row


def taken(*held: dict[str, Any], health: Health | None = None, **changes: Any) -> AccountSnapshot:  # noqa: ANN401 - JSON
    row = decode(AccountRow, json.dumps(account_row(**changes)).encode())
    rows = decode(list[PositionRow], json.dumps(held).encode())
    return snapshot(row, rows, NOW, health or Health())


def test_an_account_is_told_to_the_cent() -> None:
    """OS-05."""
    found = taken({"symbol": "SPY", "qty": "3.000000001"}, {"symbol": "BRK.B", "qty": "7"})

    assert found == AccountSnapshot(
        account=found.account,
        cash=Decimal("12345.68"),
        equity=Decimal("20000.5"),
        buying_power=Decimal("24691.35"),
        positions=(
            Position(symbol=Symbol("BRK.B"), quantity=Decimal(7)),
            Position(symbol=Symbol("SPY"), quantity=Decimal("3.000000001")),
        ),
        kind=AccountKind.MARGIN,
        maintenance_margin=Decimal("2296.45"),
        at=NOW,
    )
    assert found.account == "PA3ABCDEF"
    assert not found.blocked


@pytest.mark.parametrize(
    "changes",
    [
        {"trading_blocked": True},
        {"account_blocked": True},
        {"trade_suspended_by_user": True},
        {"status": "INACTIVE"},
        {"status": "ACCOUNT_CLOSED_PENDING"},
        {"status": "status_of_tomorrow"},
    ],
)
def test_an_account_that_may_not_trade_is_blocked(changes: dict[str, Any]) -> None:
    """RS-14."""
    assert taken(**changes).blocked


def test_a_short_position_is_negative_however_it_is_told() -> None:
    found = taken(
        {"symbol": "SPY", "qty": "-3", "side": "short"},
        {"symbol": "QQQ", "qty": "3", "side": "short"},
    )

    assert [one.quantity for one in found.positions] == [-3, -3]


def test_debts_are_told_and_buying_power_is_never_negative() -> None:
    found = taken(cash="-5.00", equity="-1", buying_power="-7")

    assert found.cash == -5
    assert found.equity == -1
    assert found.buying_power == 0


def test_what_is_no_us_equity_is_told_of_and_left_out() -> None:
    alerts = Alerts()

    found = taken(
        {"symbol": "BTCUSD", "qty": "1", "asset_class": "crypto"},
        {"symbol": "BAC.PRB", "qty": "1"},
        health=Health(alerts),
    )

    assert found.positions == ()
    assert alerts.kinds() == {"foreign_position"}


@pytest.mark.parametrize(
    ("held", "changes"),
    [
        ([{"symbol": "SPY", "qty": "1"}, {"symbol": "SPY", "qty": "1"}], {}),
        ([{"symbol": "SPY", "qty": None}], {}),
        ([], {"cash": None}),
        ([], {"equity": "NaN"}),
        ([], {"account_number": ""}),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    held: list[dict[str, Any]], changes: dict[str, Any]
) -> None:
    """RS-10."""
    with pytest.raises(MalformedAnswerError):
        taken(*held, **changes)
