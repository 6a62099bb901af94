"""Positions are given up at a loss, at a gain, or at a fall from their peak: on closes alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.exits import Exit, ExitReason, Exits, exits_due, unjudged
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from tests.panels import total_return_panel

A, B, C, D = map(Symbol, "ABCD")
FIRST = date(2024, 1, 1)
NAN = float("nan")
STOP = Exits(stop_loss=Decimal("0.05"))
TRAIL = Exits(trailing_stop=Decimal("0.1"))
PROFIT = Exits(take_profit=Decimal("0.2"))
ALL = Exits(stop_loss=Decimal("0.05"), take_profit=Decimal("0.2"), trailing_stop=Decimal("0.1"))


def bars(closes: Mapping[Symbol, Sequence[float]]) -> BarPanel:
    names = tuple(sorted(closes))
    table = np.array([closes[name] for name in names], dtype=np.float64).T
    return BarPanel(
        sessions=tuple(FIRST + timedelta(days=t) for t in range(len(table))),
        symbols=names,
        close=table,
    )


def due(rules: Exits, *closes: float, opened: int = 0) -> list[ExitReason]:
    """Return why a position is given up at the last of `closes`, opened at one of them."""
    entries = {A: FIRST + timedelta(days=opened)}
    return [one.reason for one in exits_due(rules, entries, bars({A: closes}), len(closes) - 1)]


def test_a_stop_is_due_at_its_level_exactly_or_below() -> None:
    """RC-14: five per cent below 100 is 95."""
    assert due(STOP, 100, 95.01) == []
    assert due(STOP, 100, 95) == [ExitReason.STOP_LOSS]
    assert due(STOP, 100, 94) == [ExitReason.STOP_LOSS]


def test_a_profit_is_taken_at_its_level_exactly_or_above() -> None:
    """RC-14: twenty per cent above 100 is 120."""
    assert due(PROFIT, 100, 119.99) == []
    assert due(PROFIT, 100, 120) == [ExitReason.TAKE_PROFIT]
    assert due(PROFIT, 100, 130) == [ExitReason.TAKE_PROFIT]


def test_a_trailing_stop_follows_the_highest_close_since_the_entry() -> None:
    """RC-14: ten per cent below 120 is 108; what was before the entry does not count."""
    assert due(TRAIL, 100, 120, 108.01) == []
    assert due(TRAIL, 100, 120, 108) == [ExitReason.TRAILING_STOP]
    assert due(TRAIL, 200, 100, 120, 110, opened=1) == []
    assert due(TRAIL, 100, 90) == [ExitReason.TRAILING_STOP]


def test_a_position_opened_now_is_not_given_up() -> None:
    """RC-14."""
    assert due(ALL, 300, 100, opened=1) == []


@pytest.mark.parametrize(
    ("entry", "price"), [(0.1 + 0.2, 0.285), (1.1, 1.045), (33.3, 31.635), (0.07, 0.0665)]
)
def test_a_level_is_exact_whatever_the_floats(entry: float, price: float) -> None:
    """RC-14: equal to twelve digits is equal."""
    assert due(STOP, entry, price) == [ExitReason.STOP_LOSS]
    assert due(STOP, entry, price * (1 + 1e-10)) == []


def test_a_level_has_twelve_digits_as_prices_have() -> None:
    """RC-14: the products are ...5519 and ...8144 in full."""
    assert due(STOP, 0.123456789002, 0.117283949552) == [ExitReason.STOP_LOSS]
    assert due(PROFIT, 0.123456789012, 0.148148146814) == [ExitReason.TAKE_PROFIT]


def test_an_exit_tells_the_prices_it_rests_on() -> None:
    """RC-14."""
    panel = bars({A: [100, 130, 117]})

    (one,) = exits_due(TRAIL, {A: FIRST}, panel, 2)

    assert one == Exit(
        symbol=A,
        reason=ExitReason.TRAILING_STOP,
        entry=Decimal(100),
        peak=Decimal(130),
        price=Decimal(117),
        level=Decimal(117),
    )


def test_of_several_rules_the_stop_comes_first_and_the_profit_last() -> None:
    """RC-14."""
    assert due(ALL, 100, 90) == [ExitReason.STOP_LOSS]
    assert due(ALL, 100, 140, 126) == [ExitReason.TRAILING_STOP]
    assert due(ALL, 100, 140, 127) == [ExitReason.TAKE_PROFIT]


def test_each_symbol_is_told_once_in_order() -> None:
    """RC-14."""
    panel = bars({A: [100, 50], B: [100, 100], C: [100, 150], D: [100, 80]})
    entries = dict.fromkeys((D, C, B, A), FIRST)

    told = [(one.symbol, one.reason) for one in exits_due(ALL, entries, panel, 1)]

    assert told == [
        (A, ExitReason.STOP_LOSS),
        (C, ExitReason.TAKE_PROFIT),
        (D, ExitReason.STOP_LOSS),
    ]


def test_sessions_between_that_have_no_usable_bar_are_passed_over() -> None:
    """RC-14: a blocked peak is none."""
    assert due(TRAIL, 100, NAN, 120, NAN, 108) == [ExitReason.TRAILING_STOP]
    panel = bars({A: [100, 120, 108]})
    panel = replace(panel, blocked=np.array([[False], [True], [False]]))

    assert exits_due(TRAIL, {A: FIRST}, panel, 2) == ()
    assert unjudged(TRAIL, {A: FIRST}, panel, 2) == ()


@pytest.mark.parametrize(
    ("closes", "opened"),
    [
        ((100, 50, NAN), 0),
        ((NAN, 100, 50), 0),
        ((100, 100, 50), -1),
        ((100, 100, 50), 3),
        ((100, 100, 50, 100), 3),
        ((100, 100, 0.0), 0),
    ],
)
def test_what_cannot_be_judged_is_held_and_named(closes: tuple[float, ...], opened: int) -> None:
    """RC-14: no bar now, none at the entry, or an entry that is outside of what is seen."""
    panel, entries = bars({A: closes, B: [100] * len(closes)}), {B: FIRST, C: FIRST}
    entries |= {A: FIRST + timedelta(days=opened)}

    assert exits_due(ALL, entries, panel, 2) == ()
    assert unjudged(ALL, entries, panel, 2) == (A, C)
    assert unjudged(Exits(), entries, panel, 2) == ()


@pytest.mark.parametrize("row", [0, 2])
def test_a_blocked_entry_or_a_blocked_close_cannot_be_judged(row: int) -> None:
    """RC-14."""
    panel = replace(bars({A: [100, 100, 50]}), blocked=np.arange(3)[:, None] == row)

    assert exits_due(ALL, {A: FIRST}, panel, 2) == ()
    assert unjudged(ALL, {A: FIRST}, panel, 2) == (A,)


def test_an_entry_on_a_day_without_session_cannot_be_judged() -> None:
    """RC-14."""
    panel = bars({A: [100, 100, 50]})
    panel = replace(panel, sessions=(FIRST, date(2024, 1, 4), date(2024, 1, 5)))

    assert unjudged(ALL, {A: date(2024, 1, 3)}, panel, 2) == (A,)


@pytest.mark.parametrize("judge", [exits_due, unjudged])
@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_outside_the_panel_is_refused(judge: Any, row: int) -> None:  # noqa: ANN401
    with pytest.raises(InvalidValueError, match="not one of the panel's 2 sessions"):
        judge(Exits(), {}, bars({A: [100, 100]}), row)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"stop_loss": Decimal(0)}, "stop_loss must be above zero"),
        ({"stop_loss": Decimal(1)}, "stop_loss must be below 1"),
        ({"trailing_stop": Decimal(1)}, "trailing_stop must be below 1"),
        ({"trailing_stop": Decimal("NaN")}, "trailing_stop must be a finite number"),
        ({"take_profit": Decimal(-1)}, "take_profit must be above zero"),
    ],
)
def test_a_level_out_of_range_is_refused(wrong: dict[str, Decimal], message: str) -> None:
    """RC-16."""
    with pytest.raises(InvalidValueError, match=message):
        Exits(**wrong)


def test_a_profit_may_be_more_than_the_price() -> None:
    """RC-14."""
    assert due(Exits(take_profit=Decimal(2)), 100, 300) == [ExitReason.TAKE_PROFIT]


# --- Laws --------------------------------------------------------------------------------------


def made_up(seed: int) -> BarPanel:
    """Return 20 sessions of four symbols, some with holes or blocks."""
    draw = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(draw.normal(0, 0.04, (20, 4)), axis=0))
    close[draw.random(close.shape) < 0.05] = np.nan
    names = dict(zip((A, B, C, D), close.T.tolist(), strict=True))
    return replace(bars(names), blocked=draw.random(close.shape) < 0.05)


SEEDS = st.integers(0, 10**6)
ROWS = st.integers(0, 19)
DAYS = st.integers(-1, 20).map(lambda day: FIRST + timedelta(days=day))
ENTRIES = st.dictionaries(st.sampled_from((A, B, C, D)), DAYS)
FRACTIONS = st.none() | st.integers(1, 50).map(lambda percent: Decimal(percent) / 100)
RULES = st.builds(Exits, stop_loss=FRACTIONS, take_profit=FRACTIONS, trailing_stop=FRACTIONS)


@given(RULES, ENTRIES, SEEDS, ROWS)
def test_an_exit_is_due_where_a_plain_walk_over_the_closes_finds_it(
    rules: Exits, entries: Mapping[Symbol, date], seed: int, row: int
) -> None:
    """RC-14: and whatever is not judged is named."""
    panel = made_up(seed)
    assert panel.blocked is not None
    usable = np.where(panel.blocked | panel.blocked[row], np.nan, panel.close)
    expected, unknown = [], []
    for name in sorted(entries):
        start = (entries[name] - FIRST).days
        walk = usable[start : row + 1, panel.symbols.index(name)] if start >= 0 else np.empty(0)
        if not len(walk) or np.isnan(walk[0]) or np.isnan(walk[-1]):
            unknown.append(name)
            continue
        gain, fall = walk[-1] / walk[0] - 1, 1 - walk[-1] / np.nanmax(walk)
        reached = {
            ExitReason.STOP_LOSS: rules.stop_loss and -gain >= rules.stop_loss,
            ExitReason.TRAILING_STOP: rules.trailing_stop and fall >= rules.trailing_stop,
            ExitReason.TAKE_PROFIT: rules.take_profit and gain >= rules.take_profit,
        }
        expected += [(name, reason) for reason in reached if reached[reason]][:1]

    found = exits_due(rules, entries, panel, row)

    assert [(one.symbol, one.reason) for one in found] == expected
    assert unjudged(rules, entries, panel, row) == (() if rules == Exits() else tuple(unknown))


@given(RULES, ENTRIES, SEEDS, ROWS)
def test_what_comes_after_the_row_changes_nothing(
    rules: Exits, entries: Mapping[Symbol, date], seed: int, row: int
) -> None:
    """RC-14: a backtest over many sessions sees what a live day with its provisional bar sees."""
    panel, other = made_up(seed), made_up(seed + 1)
    assert panel.blocked is not None
    assert other.blocked is not None
    changed = replace(
        panel,
        close=np.vstack((panel.close[: row + 1], other.close[row + 1 :])),
        blocked=np.vstack((panel.blocked[: row + 1], other.blocked[row + 1 :])),
    )
    live = replace(panel.until(row), provisional=True)

    for judge in (exits_due, unjudged):
        expected = judge(rules, entries, panel, row)
        assert judge(rules, entries, changed, row) == expected
        assert judge(rules, entries, live, row) == expected


@given(RULES, ENTRIES, SEEDS, ROWS, st.permutations((A, B, C, D)))
def test_symbols_by_other_names_leave_likewise(
    rules: Exits, entries: Mapping[Symbol, date], seed: int, row: int, names: Sequence[Symbol]
) -> None:
    """RC-14."""
    panel = made_up(seed)
    assert panel.blocked is not None
    renamed = dict(zip((A, B, C, D), names, strict=True))
    columns = [names.index(name) for name in panel.symbols]
    other = replace(panel, close=panel.close[:, columns], blocked=panel.blocked[:, columns])

    one = exits_due(rules, entries, panel, row)
    two = exits_due(rules, {renamed[name]: day for name, day in entries.items()}, other, row)

    assert {replace(found, symbol=renamed[found.symbol]) for found in one} == set(two)


@given(ENTRIES, SEEDS, ROWS, st.integers(1, 48), st.integers(1, 48))
def test_a_wider_level_never_ends_more_positions(
    entries: Mapping[Symbol, date], seed: int, row: int, first: int, second: int
) -> None:
    """RC-14."""
    panel = made_up(seed)
    tight, wide = (Decimal(percent) / 100 for percent in sorted((first, second)))
    for reason in ExitReason:
        rules = (Exits(**{reason.value: tight}), Exits(**{reason.value: wide}))
        few, many = (
            {one.symbol for one in exits_due(rule, entries, panel, row)} for rule in rules[::-1]
        )
        assert few <= many


# --- Recorded bars -----------------------------------------------------------------------------


def test_the_spring_of_2020_ends_a_position_on_the_first_close_that_is_low_enough() -> None:
    """RC-14: bought at the peak of 19 February, with ten per cent to lose."""
    panel, spy = total_return_panel(), Symbol("SPY")
    start, opened = panel.sessions.index(date(2020, 2, 19)), {spy: date(2020, 2, 19)}
    closes = panel.closes(spy)
    assert closes is not None
    rules = Exits(stop_loss=Decimal("0.1"))

    lost = closes[start:] / closes[start]
    fallen = start + int(np.argmax(lost <= 0.9))

    for row in range(start, fallen):
        assert exits_due(rules, opened, panel, row) == ()
    (one,) = exits_due(rules, opened, panel, fallen)
    assert one.reason is ExitReason.STOP_LOSS
    assert panel.sessions[fallen] == date(2020, 2, 27)
