"""Requirements are derived exactly: every symbol, and how far back the deepest use looks."""

import re

import pytest

from alchemiser.domain.rules.expressions import Metric
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.rules import (
    atr,
    bottom,
    cumulative_return,
    each,
    ema,
    group,
    lookback,
    max_drawdown,
    moving_average_return,
    or_,
    ppo,
    ppo_signal,
    price,
    requirements,
    rsi,
    sma,
    stdev_price,
    stdev_return,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)


@pytest.mark.parametrize(
    ("metric", "sessions"),
    [
        (price("SPY"), 1),
        (sma("SPY", 200), 200),
        (stdev_price("SPY", 7), 7),
        (max_drawdown("SPY", 60), 60),
        (moving_average_return("SPY", 90), 91),
        (cumulative_return("SPY", 60), 61),
        (stdev_return("SPY", 14), 15),
        (rsi("SPY", 10), 300),
        (ema("SPY", 21), 630),
        (atr("SPY", 14), 420),
        (ppo("SPY", 12, 26), 780),
        (ppo_signal("SPY", 12, 26, 9), 1050),
    ],
)
def test_lookback_of_a_metric(metric: Metric, sessions: int) -> None:
    assert lookback(metric) == sessions


def test_symbol_that_is_only_held_needs_its_present_price() -> None:
    tree = when(price("SPY") > sma("SPY", 200), weight_equal("TQQQ", "BIL"), "BIL")

    assert requirements(tree).lookbacks == (("BIL", 1), ("SPY", 200), ("TQQQ", 1))
    assert requirements(tree).symbols() == ("BIL", "SPY", "TQQQ")


def test_deepest_use_of_a_symbol_counts() -> None:
    tree = when(
        or_(sma("SPY", 20) > sma("SPY", 50), cumulative_return("SPY", 49) > 1), "SPY", "BIL"
    )

    assert dict(requirements(tree).lookbacks) == {"BIL": 1, "SPY": 50}


def test_ranked_symbols_need_the_window_of_the_ranking() -> None:
    tree = bottom(1, by=cumulative_return(window=5), of=["A", group("named", "B")])

    assert dict(requirements(tree).lookbacks) == {"A": 6, "B": 6}


def test_ranked_group_is_decided_at_every_session_of_its_stream() -> None:
    inner = when(sma("SPY", 20) > sma("SPY", 50), "A", "B")
    tree = top(1, by=stdev_return(window=10), of=[group("g", inner), "C"])

    # Ten returns: decided at each of the ten sessions before the present one, and at this one.
    assert dict(requirements(tree).lookbacks) == {"A": 11, "B": 11, "C": 11, "SPY": 60}


def test_nested_streams_add_up() -> None:
    innermost = when(price("SPY") > sma("SPY", 30), "A", "B")
    middle = top(1, by=cumulative_return(window=7), of=[innermost, "C"])
    tree = weight_inverse_volatility(14, group("m", middle), "D")

    assert dict(requirements(tree).lookbacks) == {"A": 22, "B": 22, "C": 22, "D": 15, "SPY": 51}


def test_stream_has_no_value_before_its_first_return() -> None:
    tree = top(1, by=max_drawdown(window=1), of=[weight_equal("A", "B")])

    assert dict(requirements(tree).lookbacks) == {"A": 2, "B": 2}


def test_lone_item_of_inverse_volatility_is_not_measured() -> None:
    tree = weight_inverse_volatility(90, top(1, by=cumulative_return(window=5), of=["A", "B"]))

    assert dict(requirements(tree).lookbacks) == {"A": 6, "B": 6}


def test_list_inside_inverse_volatility_is_ranked_now_and_measured_item_by_item() -> None:
    ranking = top(1, by=cumulative_return(window=5), of=["A", weight_equal("B", "C")])
    tree = weight_inverse_volatility(20, each(ranking), "D")

    assert dict(requirements(tree).lookbacks) == {"A": 21, "B": 21, "C": 21, "D": 21}


def test_shared_parts_count_where_they_are_looked_at_longest() -> None:
    shared = when(price("SPY") > sma("SPY", 10), "A", "B")
    tree = weight_specified(
        (0.5, shared), (0.5, top(1, by=cumulative_return(window=3), of=[shared, "C"]))
    )

    assert dict(requirements(tree).lookbacks) == {"A": 4, "B": 4, "C": 4, "SPY": 13}


def test_requirements_of_code_are_sorted_symbols_and_sessions() -> None:
    """ST-04."""
    needed = Requirements.of({"SPY": 22, "BRK/B": 1})

    assert needed.lookbacks == (("BRK.B", 1), ("SPY", 22))


@pytest.mark.parametrize(
    ("lookbacks", "sentence"),
    [
        ({"spy": 1}, "'spy' is not a ticker symbol"),
        ({"SPY": 0}, "SPY needs a whole number of sessions, at least 1, not 0"),
        ({"SPY": True}, "SPY needs a whole number of sessions, at least 1, not True"),
        ({"SPY": 2.5}, "SPY needs a whole number of sessions, at least 1, not 2.5"),
    ],
)
def test_requirements_of_nothing_to_see_are_refused(
    lookbacks: dict[str, int], sentence: str
) -> None:
    """ST-04."""
    with pytest.raises(InvalidValueError, match=re.escape(sentence)):
        Requirements.of(lookbacks)
