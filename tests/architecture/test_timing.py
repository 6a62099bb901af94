"""When a session is decided, on what and at which price it trades is one value that all ask."""

import ast

from tests.architecture.source import PACKAGE

HOME = "domain/values/schedule.py"
COMPOSER = "container/parts.py"  # turns the owner's word into the value
ANSWERS = ("sees_session", "trades_at_open")


def test_timing_is_known_in_one_place_and_both_engines_live_and_shadows_ask_it() -> None:
    """BT-03: nobody else knows a timing by its name, so none of them can decide it anew."""
    knowing, asking = set(), set()
    for path in PACKAGE.rglob("*.py"):
        text, name = path.read_text(), path.relative_to(PACKAGE).as_posix()
        if any(word in text for word in ("Timing", *ANSWERS)):  # few of many are worth parsing
            nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
            names = {one.id for one in nodes if isinstance(one, ast.Name)}
            names |= {one.attr for one in nodes if isinstance(one, ast.Attribute)}
            knowing |= {name} if "Timing" in names else set()
            asking |= {name} if names & set(ANSWERS) else set()

    assert knowing == {HOME, COMPOSER}
    assert asking >= {
        "application/backtest.py",
        "application/deciding.py",
        "application/fast_inputs.py",
        "application/inputs.py",
        "application/parity/prices.py",
    }
