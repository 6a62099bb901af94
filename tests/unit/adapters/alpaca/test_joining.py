"""What a company does to its shares is told in rows, and booked as the one thing it was."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from alchemiser.adapters.alpaca.activity_rows import ActivityRow, activities
from alchemiser.adapters.alpaca.decoding import decode
from alchemiser.adapters.alpaca.health import Health
from alchemiser.adapters.alpaca.joining import joined
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ClOrdId, Symbol
from tests.unit.adapters.alpaca.telling import fill_row


def row(number: int, symbol: str, qty: str, **changes: object) -> Mapping[str, object]:
    usual = {
        "id": f"20261127::{number}",
        "activity_type": "NC",
        "date": "2026-11-27",
        "net_amount": "0",
        "symbol": symbol,
        "qty": qty,
        "group_id": "group-1",
    }
    return {**usual, **changes}


def told(*rows: Mapping[str, object]) -> tuple[Activity, ...]:
    found = decode(list[ActivityRow], json.dumps(rows).encode())
    return joined(activities(found, lambda _: ClOrdId("alc-1"), Health()))


def test_a_new_name_gives_the_holders_of_the_old_one_the_new_one() -> None:
    (found,) = told(row(2, "META", "10"), row(1, "FB", "-10"))

    assert found == Activity(
        activity_id="20261127::1",
        kind=ActivityKind.REORGANISATION,
        day=date(2026, 11, 27),
        symbol=Symbol("FB"),
        quantity=Decimal(-10),
        received=Symbol("META"),
        received_quantity=Decimal(10),
        text="NC",
    )


def test_a_split_in_two_rows_adds_what_it_adds() -> None:
    changes = {"activity_type": "SPLIT", "group_id": None}

    (found,) = told(row(1, "NVDA", "-10", **changes), row(2, "NVDA", "100", **changes))

    assert (found.kind, found.symbol) == (ActivityKind.SPLIT, "NVDA")
    assert found.quantity == 90


def test_a_merger_for_shares_and_cash_is_one() -> None:
    kind = "MA"
    (found,) = told(
        row(1, "OLD", "-10", activity_type=kind),
        row(2, "NEW", "4", activity_type=kind),
        row(3, "OLD", "0", activity_type=kind, net_amount="17.50"),
    )

    assert (found.symbol, found.received) == ("OLD", "NEW")
    assert found.cash == Decimal("17.50")


def test_a_spin_off_that_names_what_was_kept_is_given_to_its_holders() -> None:
    (found,) = told(
        row(1, "GE", "0", activity_type="SPIN", net_amount="3.10"),
        row(2, "GEV", "25", activity_type="SPIN"),
    )

    assert (found.symbol, found.quantity) == (Symbol("GE"), Decimal(0))
    assert (found.received, found.received_quantity) == (Symbol("GEV"), Decimal(25))
    assert found.cash == Decimal("3.10")


def test_a_merger_that_is_taken_back_is_one_and_no_part_of_the_next_one() -> None:
    rows = [
        row(1, "OLD", "-10", status="canceled"),
        row(2, "NEW", "4", status="canceled"),
        row(3, "OLD", "-10"),
        row(4, "NEW", "5"),
    ]

    undone, done = told(*rows)

    assert undone.undoes() == told(row(1, "OLD", "-10"), row(2, "NEW", "4"))[0].activity_id
    old, new = Symbol("OLD"), Symbol("NEW")
    assert (undone.symbol, undone.quantity) == (new, Decimal(-4))
    assert (undone.received, undone.received_quantity) == (old, Decimal(10))
    assert (done.received, done.received_quantity) == (new, Decimal(5))


def test_money_without_a_name_is_no_share_that_was_kept() -> None:
    rows = (row(1, "", "0", net_amount="3.10"), row(2, "GEV", "25"))

    assert [one.received for one in told(*rows)] == [None, None]


def test_what_is_no_exchange_of_one_for_one_stays_in_parts() -> None:
    rows = [row(1, "OLD", "-10"), row(2, "ONE", "4"), row(3, "TWO", "4")]

    assert [one.symbol for one in told(*rows)] == ["OLD", "ONE", "TWO"]


def test_fraction_that_is_sold_stays_a_sale_beside_its_split() -> None:
    changes = {"activity_type": "SPLIT", "group_id": None}
    paid = row(3, "M", "-0.5", net_amount="5.00", **changes)

    (sale,) = told(paid)
    in_two = told(row(1, "M", "-15", **changes), row(2, "M", "1.5", **changes), paid)
    in_one = told(row(1, "M", "-13.5", **changes), paid)

    assert (sale.kind, sale.quantity) == (ActivityKind.REORGANISATION, Decimal("-0.5"))
    assert sale.cash == 5
    for split, sold in (in_two, in_one):
        assert (split.kind, split.quantity) == (ActivityKind.SPLIT, Decimal("-13.5"))
        assert not split.cash
        assert sold == sale


def test_sale_of_a_fraction_and_its_correction_come_to_nothing() -> None:
    (found,) = told(row(1, "M", "-0.5", net_amount="5.00"), row(2, "M", "0.5", net_amount="-5.00"))

    assert (found.quantity, found.cash) == (Decimal(0), Decimal(0))


def test_fraction_of_a_spin_off_is_sold_beside_it() -> None:
    came, sold = told(
        row(1, "GE", "0", activity_type="SPIN"),
        row(2, "GEV", "25.5", activity_type="SPIN"),
        row(3, "GEV", "-0.5", activity_type="SPIN", net_amount="70.10"),
    )

    assert (came.symbol, came.received, came.received_quantity) == ("GE", "GEV", Decimal("25.5"))
    assert (sold.symbol, sold.quantity, sold.cash) == ("GEV", Decimal("-0.5"), Decimal("70.10"))


def test_different_events_and_other_kinds_are_left_alone() -> None:
    rows = (
        row(1, "FB", "-10"),
        row(2, "META", "10", group_id="group-2"),
        row(3, "SPY", "1", activity_type="JNLS"),
        row(4, "SPY", "1", activity_type="JNLS"),
        fill_row(5, "1", "1"),
        fill_row(6, "1", "2"),
    )

    assert len(told(*rows)) == len(rows)
