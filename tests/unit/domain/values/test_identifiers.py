"""Names are checked once, and an order's name is a pure function of its slot (OS-08)."""

import re
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import (
    CL_ORD_ID_LENGTH_MAX,
    AccountId,
    ClOrdId,
    Symbol,
    cl_ord_id,
    cycle_id,
    strategy_id,
    symbol,
)

DAY = date(2024, 8, 5)
ACCOUNT = AccountId("PA3SLPYWC0RN")
SYMBOLS = st.from_regex(r"[A-Z][A-Z0-9]{0,5}(\.[A-Z]{1,2})?", fullmatch=True).map(symbol)
SLOTS = st.fixed_dictionaries({
    "account": st.text(min_size=1, max_size=30).map(AccountId),
    "session": st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    "name": SYMBOLS,
    "buy": st.booleans(),
    "attempt": st.integers(1, 9_999_999),
})


def slot_id(
    name: str = "SPY",
    *,
    account: str = ACCOUNT,
    session: date = DAY,
    buy: bool = True,
    attempt: int = 1,
) -> ClOrdId:
    return cl_ord_id(
        account=AccountId(account),
        session=session,
        name=Symbol(name),
        buy=buy,
        attempt=attempt,
    )


@pytest.mark.parametrize("text", ["SPY", "A", "BRK.B", "TECL", "BF.B", "ABCDEFGHIJ", "X2"])
def test_ticker_passes_as_it_is(text: str) -> None:
    assert symbol(text) == text


def test_slash_of_a_share_class_becomes_a_dot() -> None:
    assert symbol("BRK/B") == "BRK.B"


@pytest.mark.parametrize(
    "text",
    [
        *["", "spy", "SPY ", "SPY\n", "2X", "ABCDEFGHIJK", "SP Y", "ÄPFEL", "SPY;", "../SPY"],
        *["BRK.", "BRK.B.C", "BRK-B", ".B", "ABCDEFGHI.B", "BRK.BCD"],
    ],
)
def test_malformed_ticker_is_refused(text: str) -> None:
    """OS-02."""
    with pytest.raises(InvalidValueError, match="is not a ticker symbol: write it in capitals"):
        symbol(text)


@pytest.mark.parametrize("text", ["nuclear", "sixty-forty", "k2_m", "a" * 32])
def test_strategy_name_passes_as_it_is(text: str) -> None:
    assert strategy_id(text) == text


@pytest.mark.parametrize("text", ["", "house", "Nuclear", "2nd", "-a", "a" * 33, "a b", "a\n"])
def test_malformed_or_reserved_strategy_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a strategy name"):
        strategy_id(text)


def test_cycle_is_named_by_account_and_day_alone() -> None:
    """OS-08."""
    assert cycle_id(ACCOUNT, DAY) == "cycle-YWC0RN-20240805"
    assert cycle_id(AccountId("x-1"), DAY) == "cycle-x1-20240805"


def test_order_name_has_the_form_of_the_contract() -> None:
    """OS-08: the check value is the CRC-32 of the slot, so any other tool can compute it."""
    assert slot_id() == "alc-YWC0RN-20240805-SPY-b1-2e2bf37c"
    assert slot_id("TECL", buy=False, attempt=12).startswith("alc-YWC0RN-20240805-TECL-s12-")


@given(slot=SLOTS)
def test_order_name_is_pure_short_and_in_the_alphabet(slot: dict[str, object]) -> None:
    """OS-08: at most 48 characters of A-Z, a-z, 0-9 and hyphen."""
    name = cl_ord_id(**slot)  # type: ignore[arg-type]

    assert name == cl_ord_id(**slot)  # type: ignore[arg-type]
    assert len(name) <= CL_ORD_ID_LENGTH_MAX == 48
    assert re.fullmatch(r"alc-[A-Za-z0-9]{0,6}-[0-9]{8}-[A-Z0-9]+-[bs][0-9]+-[0-9a-f]{8}", name)


def test_longest_order_name_still_fits() -> None:
    """OS-08."""
    longest = slot_id("ABCDEFGHIJ", attempt=9_999_999)

    assert len(longest) == CL_ORD_ID_LENGTH_MAX


@pytest.mark.parametrize("attempt", [0, -1, 10_000_000])
def test_attempt_without_a_place_in_the_name_is_refused(attempt: int) -> None:
    """OS-08."""
    with pytest.raises(InvalidValueError, match=f"attempt {attempt} "):
        slot_id(attempt=attempt)


def test_no_two_slots_share_a_name() -> None:
    """OS-08: every attribute of the slot counts, also what the readable part cuts off."""
    slots = list(
        product(
            ["PA3SLPYWC0RN", "PB3SLPYWC0RN", "YWC0RN", "YWC-0RN"],
            [DAY + timedelta(days=days) for days in range(20)],
            ["SPY", "BRK.B", "BRKB", "BF.B", "BFB", "TECL", "TECS"],
            [True, False],
            range(1, 12),
        )
    )

    names = {
        slot_id(name, account=account, session=day, buy=buy, attempt=attempt)
        for account, day, name, buy, attempt in slots
    }

    assert len(names) == len(slots)


def test_share_class_stands_without_its_dot_but_counts_in_the_check() -> None:
    """OS-08: `BRK.B` is written BRKB and still never meets the ticker BRKB."""
    dotted, plain = slot_id("BRK.B"), slot_id("BRKB")

    assert dotted.rpartition("-")[0] == plain.rpartition("-")[0] == "alc-YWC0RN-20240805-BRKB-b1"
    assert dotted != plain
