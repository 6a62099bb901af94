"""The markets of a certification: sound bars, other futures, other pasts, and gaps."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import pytest

from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.application.certification import missing
from alchemiser.application.certification.futures import APPENDED, FUTURES, PASTS, other_past
from alchemiser.application.certification.outcomes import differing, same, worded
from alchemiser.application.certification.panels import (
    beside,
    hidden,
    made_up,
    since,
    weekdays_after,
    weekdays_until,
)
from alchemiser.application.certification.report import (
    CertificationCheck,
    CertificationReport,
    judged,
)
from alchemiser.application.certification.years import cousins, easter, twin
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.candidate import CandidateId
from tests.unit.application.certification.in_memory import a_bench

CHANCE: Final = Chance(7)
NAMES: Final = tuple(map(Symbol, ("AGG", "QQQ", "SPY", "TLT")))
DAYS: Final = weekdays_until(date(2021, 6, 30), 240)
LAST: Final = len(DAYS) - 1
CUTS: Final = (0, 1, 100, LAST - 10)
NEEDED: Final = Requirements.of({"AGG": 1, "QQQ": 30, "SPY": 10, "TLT": 2})


def a_market(stream: str = "main", *, rough: bool = False) -> BarPanel:
    return made_up(CHANCE, stream, DAYS, NAMES, rough=rough)


def equal_until(one: BarPanel, other: BarPanel, row: int) -> bool:
    ours, theirs = panel_columns(one), panel_columns(other)
    return one.sessions[: row + 1] == other.sessions[: row + 1] and all(
        np.array_equal(ours[name][: row + 1], theirs[name][: row + 1], equal_nan=True)
        for name in ours
    )


@pytest.mark.parametrize("rough", [False, True])
def test_made_up_bars_keep_the_contract_of_bars(rough: bool) -> None:
    """ST-04."""
    bars = panel_columns(a_market(rough=rough))

    assert set(bars) == {"close", "open", "high", "low", "raw_close", "volume"}
    assert all(np.isfinite(array).all() and (array > 0).all() for array in bars.values())
    assert (bars["low"] <= np.minimum(bars["open"], bars["close"])).all()
    assert (bars["high"] >= np.maximum(bars["open"], bars["close"])).all()
    cents = bars["close"] * 100
    assert np.allclose(cents, np.rint(cents), atol=1e-6)


def test_bars_of_a_symbol_do_not_depend_on_the_others() -> None:
    """ST-04."""
    alone = made_up(CHANCE, "main", DAYS, [Symbol("SPY")])
    together = a_market()

    assert np.array_equal(alone.close[:, 0], together.close[:, 2])
    assert not np.array_equal(a_market("other").close, together.close)


def test_every_weather_comes() -> None:
    """ST-04: a strategy is tried in crashes and rallies, too."""
    closes = made_up(CHANCE, "main", weekdays_until(date(2021, 6, 30), 1_200), NAMES).close
    months = closes[21:] / closes[:-21] - 1

    assert months.min() < -0.15
    assert months.max() > 0.15


def test_rough_markets_stand_still_and_move_alike() -> None:
    """ST-04."""
    closes = a_market(rough=True).close
    changes = closes[1:] / closes[:-1]

    assert ((closes[1:] == closes[:-1]).mean(axis=0) > 0.1).all()
    assert np.array_equal(changes[:, 0], changes[:, 1])


@pytest.mark.parametrize("what", FUTURES)
@pytest.mark.parametrize("row", CUTS)
def test_other_futures_leave_what_has_passed_as_it_was(what: str, row: int) -> None:
    """BT-02."""
    market = a_market()

    other = FUTURES[what](market, row, CHANCE, "future")

    assert equal_until(market, other, row)
    assert other.sessions != market.sessions or not equal_until(market, other, LAST)


@pytest.mark.parametrize(
    ("what", "count"),
    [("when no later session is there", -120), ("when more sessions follow", APPENDED)],
)
def test_futures_may_be_shorter_or_longer(what: str, count: int) -> None:
    """BT-02."""
    other = FUTURES[what](a_market(), LAST - 120, CHANCE, "future")

    assert len(other.sessions) == len(DAYS) + count
    assert list(other.sessions) == sorted(set(other.sessions))


def test_missing_futures_have_no_bar() -> None:
    """BT-02."""
    other = FUTURES["when later bars are missing"](a_market(), 100, CHANCE, "future")

    assert np.isnan(other.close[101:]).all()
    assert np.isfinite(other.close[:101]).all()


@pytest.mark.parametrize("what", PASTS)
def test_other_pasts_leave_each_look_back_as_it_was(what: str) -> None:
    """ST-04."""
    market = a_market()

    other = other_past(what, market, NEEDED, CHANCE, "past")

    assert other is not None
    for place, (_, sessions) in enumerate(NEEDED.lookbacks):
        mine, theirs = market.close[:, place], other.close[:, place]
        assert np.array_equal(mine[-sessions:], theirs[-sessions:])
    assert len(other.sessions) < len(DAYS) or not np.array_equal(
        other.close[:200], market.close[:200], equal_nan=True
    )


@pytest.mark.parametrize("what", PASTS)
def test_where_nothing_lies_before_there_is_no_other_past(what: str) -> None:
    needed = Requirements.of(dict.fromkeys(NAMES, len(DAYS)))

    assert other_past(what, a_market(), needed, CHANCE, "past") is None
    assert other_past(what, a_market(), Requirements(()), CHANCE, "past") is None


def test_markets_stand_beside_each_other_in_order() -> None:
    strangers = made_up(CHANCE, "more", DAYS, [Symbol("IEF"), Symbol("ZZZ")])

    both = beside(a_market(), strangers)

    assert both.symbols == ("AGG", "IEF", "QQQ", "SPY", "TLT", "ZZZ")
    assert np.array_equal(both.close[:, 3], a_market().close[:, 2])
    assert np.array_equal(both.close[:, 1], strangers.close[:, 0])


def test_columns_that_one_market_lacks_both_lack() -> None:
    closes = BarPanel(sessions=DAYS, symbols=(Symbol("IEF"),), close=np.ones((len(DAYS), 1)))

    assert beside(a_market(), closes).volume is None


def test_parts_of_a_market() -> None:
    market = a_market()
    cells = np.zeros(market.close.shape, dtype=bool)
    cells[5, 1] = True

    assert since(market, 200).sessions == DAYS[200:]
    assert np.isnan(hidden(market, cells).close).sum() == 1
    assert np.isnan(panel_columns(hidden(market, cells))["volume"][5, 1])


def test_weekdays_are_weekdays() -> None:
    monday = date(2024, 7, 1)

    assert weekdays_until(monday, 3) == (date(2024, 6, 27), date(2024, 6, 28), monday)
    assert weekdays_after(date(2024, 6, 28), 2) == (monday, date(2024, 7, 2))


def test_every_kind_of_gap_is_tried() -> None:
    """ST-04."""
    whole = a_market()
    found = {what: (panel, rows) for what, panel, rows in missing.panels(a_bench(), whole)}

    def gone(what: str) -> np.ndarray:
        return np.isnan(found[what][0].close)

    assert 0.1 < gone("with gaps").mean() < 0.3
    late = gone("with symbols that begin late")
    assert late.any()
    assert (np.diff(late.astype(int), axis=0) <= 0).all()
    assert sorted(gone("without bars of some symbols").mean(axis=0)) == [0, 0, 1, 1]
    assert gone("on the day a symbol stops")[: LAST // 3].sum() == 0
    assert gone("on the day a symbol stops").any()
    assert found["with closes only"][0].open is None
    blocked = found["with blocked symbols"][0].blocked
    assert blocked is not None
    assert blocked.any()
    last = found["on a bar that has only a close"][0]
    assert last.provisional
    assert np.isnan(panel_columns(last)["high"][-1]).all()
    assert np.isfinite(last.close).all()
    assert all(0 <= row <= LAST for _, rows in found.values() for row in rows)
    assert found["with a short history"][1][:3] == [0, 1, 2]


def test_failing_for_want_of_data_is_a_finding_and_being_undecided_is_none() -> None:
    """ST-04."""
    day = date(2024, 7, 1)

    assert missing.finding(day, "with gaps", Undecided(reason="too few bars.")) == ""
    assert missing.finding(day, "with gaps", Failed(reason="it broke.")) == (
        "as of 2024-07-01, with gaps, it failed: it broke."
    )


@pytest.mark.parametrize("year", range(1996, 2031))
def test_twin_of_a_year_is_unknown_and_has_its_calendar(year: int) -> None:
    """ST-04: what goes by the calendar decides the same in both."""
    other = twin(year)

    assert 2040 <= other < 2262
    assert easter(other) == easter(year).replace(year=other)
    assert other % 4 == year % 4
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(0, 365, 13)]
    assert all(day.replace(year=other).weekday() == day.weekday() for day in days)
    assert (date(other, 12, 31) - date(other, 1, 1)) == (date(year, 12, 31) - date(year, 1, 1))
    assert twin(year) in cousins(year)
    assert len(cousins(year)) >= 7


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1996, date(1996, 4, 7)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2019, date(2019, 4, 21)),
        (2024, date(2024, 3, 31)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_is_where_the_almanac_has_it(year: int, sunday: date) -> None:
    assert easter(year) == sunday


def wants(**weights: float) -> Decided:
    return Decided(target=TargetPortfolio.of(weights))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (wants(SPY=1), wants(SPY=1), True),
        (wants(SPY=1), wants(SPY=0.999999), False),
        (wants(SPY=0.5), wants(SPY=0.500000002), True),
        (wants(SPY=1), wants(QQQ=1), False),
        (wants(), wants(), True),
        (Undecided(reason="a"), Undecided(reason="b"), True),
        (Undecided(reason="a"), Failed(reason="a"), False),
        (wants(SPY=1), Undecided(reason="a"), False),
    ],
)
def test_answers_that_come_to_the_same(
    one: StrategyOutcome, other: StrategyOutcome, alike: bool
) -> None:
    assert same(one, other) is alike
    assert (differing(date(2024, 7, 1), one, other, "later") == "") is alike


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (wants(SPY=0.5, AGG=0.25), "wants AGG 0.25, SPY 0.5"),
        (wants(), "wants nothing but cash"),
        (Undecided(reason="too early."), "is undecided (too early)"),
        (Failed(reason="it broke."), "fails (it broke)"),
    ],
)
def test_answers_in_words(outcome: StrategyOutcome, words: str) -> None:
    assert worded(outcome) == words


def test_check_ends_with_its_first_finding() -> None:
    told: list[tuple[str, int]] = []
    findings = iter(["", "", "it broke.", "it broke again."])

    check = judged(
        "weights", "all is well", findings, lambda name, cases: told.append((name, cases))
    )

    assert (check.ok, check.message, check.cases) == (False, "it broke.", 3)
    assert told == [("weights", 1), ("weights", 2), ("weights", 3)]
    assert list(findings) == ["it broke again."]
    assert judged("weights", "all is well", [""]).message == "all is well."


def test_report_reads_well() -> None:
    identity = CandidateId(strategy="trend", plugin="mine", version="1.0", content_hash="ab")
    checks = (
        CertificationCheck(id="weights", ok=True, message="All is well.", cases=3),
        CertificationCheck(id="source", ok=False, message="It looks ahead.", cases=1),
    )
    report = CertificationReport(identity=identity, cuts=5, seed=7, checks=checks)

    assert not report.certified
    assert report.refusals() == ("source",)
    assert str(report).splitlines() == [
        "trend of mine 1.0: REFUSED",
        "  ok   weights: All is well.",
        "  FAIL source: It looks ahead.",
    ]


def test_draws_of_a_bench_are_repeated_and_within_bounds() -> None:
    bench = a_bench(cuts=100)

    rows = bench.rows("ahead", 500, 20, first=10)
    assert rows == bench.rows("ahead", 500, 20, first=10)
    assert set(rows) == set(range(10, 21))
    assert rows != bench.rows("back", 500, 20, first=10)
    assert (bench.share(10), bench.share(50)) == (10, 8)
