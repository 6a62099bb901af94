"""A limit on a sum: what fits in, how much more does, and what a refusal of it says (OS-07)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.pool import Pool, no_equity, of_equity, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.builders import a_context, an_account

AGG, SPY, TLT = (Symbol(name) for name in ("AGG", "SPY", "TLT"))
CODE = RiskCode.MAX_LEVERAGE


def d(text: str) -> Decimal:
    return Decimal(text)


def a_pool(used: str = "400", capacity: str = "1000") -> Pool:
    """Return a pool of 1000 dollars, half of an equity of 2000, of which SPY takes 50 a share."""
    return Pool(
        code=CODE,
        used=d(used),
        capacity=d(capacity),
        each={SPY: d("50"), AGG: d("9"), TLT: d("0")},
        limit=d("0.50"),
        unit=d("2000"),
    )


@pytest.mark.parametrize(
    ("quantity", "observed"), [("11.99", None), ("12", None), ("12.01", "0.50025")]
)
def test_what_takes_exactly_what_is_left_fits(quantity: str, observed: str | None) -> None:
    """OS-07."""
    refusal = a_pool().refusal(SPY, d(quantity))

    expected = Violation(code=CODE, observed=observed or "", limit="0.5", symbol=SPY)
    assert refusal == (expected if observed else None)


def test_amounts_without_a_unit_are_told_as_they_are() -> None:
    pool = Pool(code=CODE, used=d("0"), capacity=d("10.0"), each={SPY: d("1")}, limit=d("10.0"))

    assert pool.refusal(SPY, d("11.0")) == refuse(CODE, d("11"), d("10"), SPY)


@pytest.mark.parametrize(
    ("used", "room"),
    [("400", "12"), ("999.99", "0.0002"), ("1000", "0"), ("1000.01", "0"), ("-100", "22")],
)
def test_room_is_what_is_left_in_shares_and_never_below_none(used: str, room: str) -> None:
    """OS-18."""
    assert a_pool(used).room(SPY) == d(room)


def test_room_is_rounded_down() -> None:
    """OS-18: a ninth of 600, 66.66…, would not fit if it were rounded up."""
    room = a_pool().room(AGG)

    assert room is not None
    assert Fraction(room) * 9 < 600
    assert a_pool().refusal(AGG, room) is None


def test_what_takes_nothing_has_any_room() -> None:
    assert a_pool("2000").room(TLT) is None


def test_wishes_take_what_each_of_them_takes() -> None:
    assert a_pool().wanted({SPY: d("2"), AGG: d("3"), TLT: d("5")}) == 127


@pytest.mark.parametrize(
    ("observed", "limit", "texts"),
    [
        (d("1.500"), d("1E+1"), ("1.5", "10")),
        (7, "above zero", ("7", "above zero")),
        ("unknown", d("0"), ("unknown", "0")),
    ],
)
def test_numbers_of_a_refusal_are_plain(
    observed: object, limit: object, texts: tuple[str, str]
) -> None:
    assert refuse(CODE, observed, limit, None) == Violation(
        code=CODE, observed=texts[0], limit=texts[1], symbol=None
    )


@pytest.mark.parametrize(
    ("equity", "observed"), [("0.01", None), ("0", "0"), ("-0.01", "-0.01"), (None, "unknown")]
)
def test_share_of_no_equity_is_refused(equity: str | None, observed: str | None) -> None:
    """OS-21: nothing divides by it."""
    context = a_context(an_account("500", equity=equity))
    if equity is None:
        context = replace(context, account=None)
    expected = None
    if observed is not None:
        expected = refuse(RiskCode.ACCOUNT_UNKNOWN, observed, "equity above zero", AGG)

    assert no_equity(context, AGG) == expected
    pool = of_equity(context, CODE, d("0.5"), (d("3"), {AGG: d("2"), SPY: d("4")}))
    if expected is not None:
        assert pool == expected
        return
    assert pool == Pool(
        code=CODE,
        used=d("3"),
        capacity=d("0.005"),
        each={AGG: d("2"), SPY: d("4")},
        limit=d("0.5"),
        unit=d("0.01"),
    )


def test_share_of_no_equity_that_nobody_takes_names_no_symbol() -> None:
    blind = replace(a_context(), account=None)

    assert of_equity(blind, CODE, d("0.5"), (d("0"), {})) == refuse(
        RiskCode.ACCOUNT_UNKNOWN, "unknown", "equity above zero", None
    )
