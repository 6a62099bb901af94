"""The data gate blocks what may not be read, as of each session, and nothing else."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.gate import Finding, FindingCode, GatedPanel, assess
from alchemiser.domain.values.identifiers import Symbol

NAN, INF = float("nan"), float("inf")
DAYS = tuple(one.day for one in SessionTable().sessions(date(2024, 1, 2), date(2024, 12, 31)))
SPY = Symbol("SPY")


def panel(close: list[float], **columns: list[float]) -> BarPanel:
    """Return a panel of SPY alone."""
    arrays: dict[str, Any] = {name: np.array([values]).T for name, values in columns.items()}
    return BarPanel(
        sessions=DAYS[: len(close)], symbols=(SPY,), close=np.array([close]).T, **arrays
    )


def gated(close: list[float], lookback: int = 3, **columns: list[float]) -> GatedPanel:
    return assess(panel(close, **columns), {SPY: lookback})


def blocked(result: GatedPanel) -> list[int]:
    """Return the rows as of which SPY is blocked."""
    mask = result.panel.blocked
    return [] if mask is None else np.flatnonzero(mask[:, 0]).tolist()


def only(result: GatedPanel) -> Finding:
    (finding,) = result.findings
    return finding


def test_sound_bars_pass_untouched() -> None:
    """DA-01."""
    result = gated([101.3, 99.2, 100.7, 102.9])

    assert result.panel.blocked is None
    assert result.findings == ()
    assert result.panel.close[:, 0].tolist() == [101.3, 99.2, 100.7, 102.9]


@pytest.mark.parametrize("bad", [0.0, -0.0, -3.5, INF, -INF])
def test_bad_price_blocks_for_as_long_as_it_is_read(bad: float) -> None:
    """DA-01, FAULTS C03: on the last session of the look-back yes, one later no."""
    result = gated([101.3, bad, 100.7, 102.9, 103.3, 104.1])

    assert blocked(result) == [1, 2, 3]
    assert result.findings == ()
    np.testing.assert_array_equal(
        result.panel.close[:, 0], [101.3, NAN, 100.7, 102.9, 103.3, 104.1]
    )


def test_bad_price_is_named_with_its_remedy() -> None:
    """DA-01."""
    finding = only(gated([101.3, 100.7, -3.5, 102.9]))

    assert finding == Finding(
        symbol=SPY,
        code=FindingCode.BAD_PRICE,
        session=DAYS[2],
        blocks=True,
        text=f"SPY has the close -3.5 on {DAYS[2]}: correct the price at its source.",
    )


def test_bad_price_in_any_column_blocks_and_is_removed_there_alone() -> None:
    """DA-01."""
    result = gated([101.3, 100.7], raw_close=[99.5, 0.0], volume=[0.0, 7.0])

    assert "has the raw_close 0 on" in only(result).text
    assert result.panel.raw_close is not None
    assert result.panel.volume is not None
    np.testing.assert_array_equal(result.panel.raw_close[:, 0], [99.5, NAN])
    assert result.panel.close[:, 0].tolist() == [101.3, 100.7]
    assert result.panel.volume[:, 0].tolist() == [0.0, 7.0]


def test_missing_session_blocks_for_as_long_as_it_is_read() -> None:
    """DA-01, FAULTS C01."""
    close = [101.3, NAN, 100.7, 102.9, 103.3]

    assert blocked(gated(close)) == [1, 2, 3]
    assert only(gated(close, lookback=4)).code is FindingCode.MISSING_SESSION
    assert only(gated(close, lookback=4)).text == (
        f"SPY has no usable bar on {DAYS[1]}: add or correct that session in its data."
    )


def test_stale_symbol_is_told_from_a_gap() -> None:
    """DA-02, FAULTS C08: yesterday's bar does not stand in for today's."""
    finding = only(gated([101.3, 100.7, NAN], lookback=1))

    assert (finding.code, finding.session) == (FindingCode.NO_BAR, DAYS[2])


def test_several_faults_are_one_finding_about_the_latest() -> None:
    finding = only(gated([101.3, NAN, 0.0, NAN, 100.7], lookback=5))

    assert finding.session == DAYS[3]
    assert finding.text == (
        f"SPY has no usable bar on {DAYS[3]}, the latest of 3 faulty sessions that are read: "
        "add or correct that session in its data."
    )


def test_young_symbol_is_not_blocked() -> None:
    """ST-10: too little history is for the strategy to say, not a fault of the data."""
    assert blocked(gated([NAN, NAN, 100.7, 102.9], open=[0.0, NAN, 100.1, 102.2])) == []
    assert blocked(gated([NAN, NAN, NAN, NAN])) == []


def test_symbol_without_a_lookback_is_read_for_its_present_price() -> None:
    """What is only held needs one price."""
    result = assess(panel([101.3, NAN, 100.7]), {})

    assert blocked(result) == [1]


OPEN, HIGH, LOW, CLOSE = [100.0, 101.0], [103.0, 104.0], [98.0, 99.0], [102.0, 103.0]


@pytest.mark.parametrize(
    ("column", "value"),
    [("high", 98.9), ("open", 104.1), ("open", 98.9), ("close", 104.1), ("close", 98.9)],
)
def test_contradicting_bar_blocks(column: str, value: float) -> None:
    """DA-01, FAULTS C13."""
    columns = {"open": OPEN, "high": HIGH, "low": LOW, "close": CLOSE}
    columns[column] = [columns[column][0], value]

    result = gated(columns.pop("close"), 3, **columns)

    assert only(result).code is FindingCode.OHLC_INCONSISTENT
    assert blocked(result) == [1]
    assert result.skipped == ()


def test_bar_at_the_edge_of_its_range_passes() -> None:
    """Adjusted prices may miss each other by rounding, and no more."""
    high, low = 104.0, 99.0

    def of(close: float, opened: float) -> list[int]:
        return blocked(
            gated([102.0, close], open=[100.0, opened], high=[103.0, high], low=[98.0, low])
        )

    assert of(high * (1 + 0.9e-6), low * (1 - 0.9e-6)) == []
    assert of(high * (1 + 1.1e-6), low) == [1]
    assert of(high, low * (1 - 1.1e-6)) == [1]


def test_range_check_is_skipped_by_name_without_the_columns() -> None:
    """DA-08: a close-only file is sound, and says what was not looked at."""
    assert gated(CLOSE).skipped == (FindingCode.OHLC_INCONSISTENT,)
    assert gated(CLOSE, high=HIGH).skipped == (FindingCode.OHLC_INCONSISTENT,)
    assert gated(CLOSE, high=HIGH, low=LOW).skipped == ()


def test_empty_panel_passes() -> None:
    nothing = BarPanel(sessions=(), symbols=(SPY,), close=np.empty((0, 1)))

    assert assess(nothing, {SPY: 3}).findings == ()


def test_provisional_panel_stays_one() -> None:
    guess = BarPanel(
        sessions=DAYS[:2], symbols=(SPY,), close=np.array([[0.0], [100.7]]), provisional=True
    )

    assert assess(guess, {SPY: 1}).panel.provisional


# Splits


def steady(sigma: float, *, jump: float, sessions: int = 40) -> list[float]:
    """Return closes that swing by `sigma` and move by the factor `jump` two rows before the end."""
    factors = [1 + sigma * (-1) ** row for row in range(sessions)]
    factors[-2] = jump
    closes: list[float] = (100 * np.cumprod(factors)).tolist()
    return closes


@pytest.mark.parametrize("jump", [0.5, 2.0, 0.2515, 3.9, 10.4, 1 / 15])
def test_split_like_jump_warns_and_does_not_block(jump: float) -> None:
    """DA-01, FAULTS C05."""
    result = gated(steady(0.01, jump=jump), lookback=10)

    finding = only(result)
    assert (finding.code, finding.session) == (FindingCode.SPLIT_LIKE_JUMP, DAYS[38])
    assert not finding.blocks
    assert f"moved by a factor of {jump:.4g} on {DAYS[38]}" in finding.text
    assert result.panel.blocked is None


@pytest.mark.parametrize(
    ("sigma", "jump", "why"),
    [
        (0.01, 0.45, "no usual ratio"),
        (0.01, 1.62, "a large but true move"),
        (0.14, 2.0, "the symbol always moves like that"),
    ],
)
def test_other_jumps_do_not_warn(sigma: float, jump: float, why: str) -> None:
    assert gated(steady(sigma, jump=jump), lookback=10).findings == (), why


def test_split_outside_the_lookback_does_not_warn() -> None:
    closes = steady(0.01, jump=0.5)

    assert gated(closes, lookback=2).findings != ()
    assert gated(closes, lookback=1).findings == ()


def test_split_of_a_symbol_without_a_past_does_not_warn() -> None:
    """Twenty returns are needed to know what is usual."""
    assert gated(steady(0.01, jump=0.5, sessions=21), lookback=5).findings == ()
    assert gated(steady(0.01, jump=0.5, sessions=23), lookback=5).findings != ()


# Laws


PRICES = st.sampled_from([101.3, 99.2, 104.7, 0.0, -2.5, INF, NAN])


@given(st.lists(PRICES, min_size=1, max_size=24), st.integers(1, 30))
def test_mask_is_what_a_slow_reader_would_say(close: list[float], lookback: int) -> None:
    """DA-01: as of each row, over the rows that are read and no earlier than the first bar."""
    first = next((row for row, price in enumerate(close) if not np.isnan(price)), len(close))
    sound = [np.isfinite(price) and price > 0 for price in close]
    expected = [
        row for row in range(len(close)) if not all(sound[max(first, row - lookback + 1) : row + 1])
    ]

    assert blocked(gated(close, lookback)) == expected


@given(st.lists(PRICES, min_size=2, max_size=24), st.integers(1, 30))
def test_judgement_of_a_session_does_not_depend_on_later_ones(
    close: list[float], lookback: int
) -> None:
    """BT-02."""
    whole = blocked(gated(close, lookback))

    for row in range(len(close)):
        assert blocked(gated(close[: row + 1], lookback)) == [one for one in whole if one <= row]


# Recorded data


def recorded(folder: Path, name: str, through: date) -> BarPanel:
    source = FileMarketData(folder / f"{name}.parquet", SessionTable())
    return source.bars(list(source._series), through=through)


def test_true_moves_are_never_blocked(shared_data: Path) -> None:
    """DA-01: 81 symbols, 21 years with three crashes, and 2018-02-05 among them."""
    bars = recorded(shared_data, "total_return_2005_2026", date(2026, 7, 31))

    result = assess(bars, dict.fromkeys(bars.symbols, 300))

    assert len(bars.symbols) == 81
    assert result.panel.blocked is None
    assert result.findings == ()


def test_gaps_of_a_thin_feed_are_blocked(shared_data: Path) -> None:
    """DA-01: and only in the symbols that have them; an unadjusted split is named."""
    bars = recorded(shared_data, "alpaca_iex_2020_2025", date(2025, 4, 4))

    result = assess(bars, dict.fromkeys(bars.symbols, 21))
    split = assess(bars, {Symbol("SVXY"): 300}).findings

    assert result.panel.blocked is not None
    faulty = {bars.symbols[column] for column in np.flatnonzero(result.panel.blocked.any(axis=0))}
    assert {"BTAL", "FTLS", "KMLM", "NLR"} <= faulty
    assert not {"QQQ", "TLT", "AAPL", "UVXY"} & faulty
    assert [(one.symbol, one.session) for one in split] == [("SVXY", date(2024, 4, 11))]


@pytest.mark.parametrize("factor", [1_000, 0.001, 50.0, 0.02])
def test_a_price_of_another_unit_blocks(factor: float) -> None:
    """DA-01, FAULTS C04: nobody waits for a second source at a thousand times the price."""
    result = gated([101.3, 99.2, 100.7, 100.7 * factor], lookback=2)

    finding = only(result)
    assert (finding.code, finding.session) == (FindingCode.LEAP, DAYS[3])
    assert finding.blocks
    assert blocked(result) == [3]


@pytest.mark.parametrize("factor", [1 / 13.5, 0.025, 40.0])
def test_the_largest_true_moves_do_not_block(factor: float) -> None:
    """DA-01: a note on volatility fell so in 2018; a reverse split of forty is a warning."""
    assert gated([101.3, 99.2, 100.7, 100.7 * factor]).panel.blocked is None
