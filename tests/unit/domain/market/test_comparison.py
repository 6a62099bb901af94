"""Where two panels of bars differ, as far as a decision reads them."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.comparison import Difference, DifferenceCode, differences
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol

SPY, TLT = Symbol("SPY"), Symbol("TLT")
FIRST_DAY = date(2024, 1, 1)
TOLERANCE = Decimal("0.005")
NAN = float("nan")


def panel(
    *, raw: dict[str, list[float]] | None = None, skip: int = 0, **told: list[float]
) -> BarPanel:
    """Return a panel of one session a day, from the day `skip` on."""
    length = len(next(iter(told.values())))
    columns = [np.array(told[name]) for name in sorted(told)]
    trading = None if raw is None else np.column_stack([raw[name] for name in sorted(told)])
    return BarPanel(
        sessions=tuple(FIRST_DAY + timedelta(days=skip + row) for row in range(length)),
        symbols=tuple(map(Symbol, sorted(told))),
        close=np.column_stack(columns),
        raw_close=trading,
    )


def compared(first: BarPanel, second: BarPanel, **lookbacks: int) -> tuple[Difference, ...]:
    needed = {Symbol(name): sessions for name, sessions in lookbacks.items()}
    return differences(first, second, len(first.sessions) - 1, needed, TOLERANCE)


def test_prices_within_the_tolerance_are_one_price() -> None:
    assert compared(panel(SPY=[100, 101]), panel(SPY=[100.4, 100.6]), SPY=2) == ()


def test_bad_close_is_named_with_both_values() -> None:
    """FAULTS C04."""
    found = compared(panel(SPY=[100, 100, 100]), panel(SPY=[100, 80, 100]), SPY=3)

    assert found == (
        Difference(
            symbol=SPY,
            session=date(2024, 1, 2),
            code=DifferenceCode.SOURCE_PRICE,
            basis="close",
            first=Decimal(100),
            second=Decimal(80),
            observed=Decimal("0.2"),
            limit=TOLERANCE,
            sessions=1,
        ),
    )
    assert found[0].sentence() == (
        "SPY on 2024-01-02: the first source has 100, the second 80, source_price is 0.2, the "
        "limit 0.005"
    )


def test_what_is_not_read_is_not_compared() -> None:
    assert compared(panel(SPY=[100, 100, 100]), panel(SPY=[80, 100, 100]), SPY=2) == ()


@pytest.mark.parametrize("there", [True, False])
def test_price_that_only_one_has_is_a_difference(*, there: bool) -> None:
    """FAULTS C01, C08."""
    panels = [panel(SPY=[100, 100]), panel(SPY=[100, NAN])]

    (found,) = compared(*(panels if there else panels[::-1]), SPY=2)

    assert found.code is DifferenceCode.SOURCE_ABSENT
    assert {found.first, found.second} == {Decimal(100), None}
    assert found.observed == 1


def test_symbol_that_one_does_not_know_differs_in_every_session() -> None:
    (found,) = compared(panel(SPY=[1, 2], TLT=[3, 4]), panel(SPY=[1, 2]), SPY=2, TLT=2)

    assert (found.symbol, found.sessions) == (TLT, 2)
    assert "the second no usable price" in found.sentence()
    assert "(2 sessions differ)" in found.sentence()


def test_both_too_young_is_no_difference() -> None:
    assert compared(panel(SPY=[NAN, 100]), panel(SPY=[NAN, 100]), SPY=2) == ()


def test_history_that_one_lacks_is_a_difference() -> None:
    (found,) = compared(panel(SPY=[1, 1, 1]), panel(SPY=[1, 1], skip=1), SPY=3)

    assert (found.session, found.code) == (FIRST_DAY, DifferenceCode.SOURCE_ABSENT)


def test_split_that_one_adjusted_for_is_told_from_a_bad_close() -> None:
    """FAULTS C05, C06: seen by the sessions before those that are read."""
    (found,) = compared(panel(SPY=[100, 102, 104, 53]), panel(SPY=[50, 51, 52, 53]), SPY=2)

    assert (found.session, found.code) == (date(2024, 1, 3), DifferenceCode.SOURCE_ADJUSTMENT)
    assert found.sessions == 1


def test_trading_basis_is_compared_where_both_have_one() -> None:
    """FAULTS C07."""
    first = panel(SPY=[1, 1], raw={"SPY": [10, 10]})

    (found,) = compared(first, panel(SPY=[1, 1], raw={"SPY": [10, 11]}), SPY=2)

    assert found.basis == "raw_close"


def test_other_sessions_cannot_be_compared() -> None:
    """DA-09, DA-10."""
    with pytest.raises(InvalidValueError, match=r"other sessions, 2024-01-0\d is one of them"):
        compared(panel(SPY=[1, 1, 1]), panel(SPY=[1, 1]), SPY=2)


PRICES = st.lists(
    st.floats(0.01, 10_000) | st.just(NAN) | st.just(float("inf")), min_size=6, max_size=6
)


@given(first=PRICES, second=PRICES, lookback=st.integers(1, 9))
@example(first=[1.0] * 3 + [float("inf")] * 3, second=[2.0] * 3 + [float("inf")] * 3, lookback=9)
def test_order_of_the_sources_does_not_matter(
    first: list[float], second: list[float], lookback: int
) -> None:
    one = compared(panel(SPY=first), panel(SPY=second), SPY=lookback)
    other = compared(panel(SPY=second), panel(SPY=first), SPY=lookback)

    assert [(row.session, row.observed, row.first, row.second) for row in one] == [
        (row.session, row.observed, row.second, row.first) for row in other
    ]


@given(told=PRICES, lookback=st.integers(1, 9))
def test_source_does_not_differ_from_itself(told: list[float], lookback: int) -> None:
    assert compared(panel(SPY=told), panel(SPY=told), SPY=lookback) == ()
