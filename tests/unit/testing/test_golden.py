"""A record of decisions is written once, and tells the first session that departs from it."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.language import weight_equal, when
from alchemiser.domain.rules.metrics import price
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.testing.golden import check_golden

NAN = float("nan")
START = date(2024, 8, 5)
CLOSES = (NAN, 90.0, 90.0, 110.0, 90.0)

RECORD = """\
first,last,decision
2024-08-05,2024-08-05,undecided
2024-08-06,2024-08-07,AGG 0.333333333 SHY 0.333333333 TLT 0.333333333
2024-08-08,2024-08-08,SPY 1
2024-08-09,2024-08-09,AGG 0.333333333 SHY 0.333333333 TLT 0.333333333
"""


def strategy(level: float = 100.0, rest: Node | str | None = None) -> RuleStrategy:
    bonds = weight_equal("AGG", "SHY", "TLT") if rest is None else rest
    return RuleStrategy(when(price("SPY") > level, "SPY", bonds))


def bars(*closes: float) -> BarPanel:
    """Return flat bonds beside SPY, which has `closes`."""
    return BarPanel(
        sessions=tuple(START + timedelta(days=day) for day in range(len(closes))),
        symbols=tuple(map(Symbol, ("AGG", "SHY", "SPY", "TLT"))),
        close=np.array([[50.0, 50.0, close, 50.0] for close in closes]),
    )


@pytest.fixture
def record(tmp_path: Path) -> Path:
    file = tmp_path / "golden.csv"
    file.write_text(RECORD, encoding="ascii")
    return file


def test_record_agrees_with_what_it_was_made_of(record: Path) -> None:
    """ST-09."""
    check_golden(record, strategy(), bars(*CLOSES))


def test_missing_record_fails_once_and_is_written(tmp_path: Path) -> None:
    """ST-09: a record that nobody kept proves nothing."""
    file = tmp_path / "golden.csv"

    with pytest.raises(AssertionError) as failed:
        check_golden(file, strategy(), bars(*CLOSES))

    assert str(failed.value) == (
        "golden.csv was missing and has been written: read it and run the test again."
    )
    assert file.read_text(encoding="ascii") == RECORD
    check_golden(file, strategy(), bars(*CLOSES))


def test_session_before_the_record_begins_departs_from_it(record: Path) -> None:
    rows = record.read_text(encoding="ascii").splitlines(keepends=True)
    record.write_text("".join(rows[:1] + rows[2:]), encoding="ascii")

    with pytest.raises(AssertionError, match="2024-08-05 has undecided and nothing on record"):
        check_golden(record, strategy(), bars(*CLOSES))


@pytest.mark.parametrize(
    ("changed", "closes", "difference"),
    [
        (strategy(120.0), CLOSES, "2024-08-08 has AGG 0.333333333"),
        (strategy(rest="TLT"), CLOSES, "2024-08-06 has TLT 1 and AGG 0.333333333 "),
        (strategy(), (80.0, *CLOSES[1:]), "2024-08-05 has AGG 0.333333333"),
        (strategy(), (*CLOSES[:2], NAN, *CLOSES[3:]), "2024-08-07 has undecided and AGG 0.33"),
        (strategy(), (*CLOSES, 110.0), "2024-08-10 has SPY 1 and nothing on record: "),
        (strategy(), CLOSES[:4], "the bars end on 2024-08-08 and the record on 2024-08-09: "),
    ],
)
def test_first_session_that_departs_is_named(
    record: Path, changed: RuleStrategy, closes: tuple[float, ...], difference: str
) -> None:
    """ST-09."""
    with pytest.raises(AssertionError) as failed:
        check_golden(record, changed, bars(*closes))

    assert str(failed.value).startswith(difference)
    assert str(failed.value).endswith(": to record anew, delete golden.csv and run the test.")
    assert record.read_text(encoding="ascii") == RECORD
