"""When a session is decided, on what and at which price it trades is one value that all ask."""

import ast

from tests.architecture.source import package_sources

HOME = "domain/values/schedule.py"
COMPOSER = "container/parts.py"  # turns the owner's word into the value
WORDS = frozenset({"Timing", "before_close", "after_open"})


def test_nobody_but_the_schedule_knows_moments_and_timings() -> None:
    """BT-03: live, both engines, shadows and looks back ask, and none of them decides anew."""
    found = {
        source.name
        for source in package_sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in WORDS
    }

    assert found == {HOME, COMPOSER}


def test_both_engines_live_and_shadows_ask_the_schedule() -> None:
    """BT-03."""
    asking = {
        source.name
        for source in package_sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"sees_session", "trades_at_open"}
    }

    assert asking >= {
        "application/backtest.py",
        "application/deciding.py",
        "application/fast_inputs.py",
        "application/inputs.py",
        "application/parity/prices.py",
    }
