"""The synthetic market is one pure function of its seed, and behaves like a market."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import FIRST_DAY, SyntheticMarket
from alchemiser.adapters.synthetic.noise import normal, uniform
from alchemiser.adapters.synthetic.universe import universe
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import panel_columns, panel_digest
from alchemiser.domain.market.gate import assess
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError

CALENDAR = SessionTable()
LAST = date(2024, 8, 5)
EVERY = tuple(universe())
SEEDS = (1, 7, 42)

PROBE = """
from datetime import date
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.market import SyntheticMarket
from alchemiser.adapters.synthetic.universe import universe
from alchemiser.domain.market.columns import panel_digest
market = SyntheticMarket(7, SessionTable(), date(2024, 8, 5))
print(panel_digest(market.bars(list(universe()), through=date(2024, 8, 5))))
"""
DIGEST = "66b1d4e04fbc9371576ae69a6bad6c376e2996229f619354702a469ef84f33d8"


def bars(seed: int, last: date = LAST) -> BarPanel:
    return SyntheticMarket(seed, CALENDAR, last).bars(EVERY, through=last)


def returns(panel: BarPanel, name: str) -> NDArray[np.float64]:
    closes = panel.closes(Symbol(name))
    assert closes is not None
    moves: NDArray[np.float64] = closes[1:] / closes[:-1] - 1
    return moves


def digest_elsewhere(environment: dict[str, str], *places: Path) -> str:
    """Return the digest that a child process finds, its imports from `places` first."""
    path = os.pathsep.join(str(place) for place in places)
    child = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", PROBE],
        env=environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return child.stdout.strip()


def test_one_seed_has_one_digest() -> None:
    """BT-10: fails when the made-up world changes, and with it every example in the docs."""
    assert panel_digest(bars(7)) == DIGEST


def test_digest_does_not_depend_on_the_processor(
    bare_environment: dict[str, str], project_root: Path
) -> None:
    """BT-10: nor on the hash seed of the process."""
    core = np._core._multiarray_umath  # type: ignore[attr-defined]
    features = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    if not features:
        pytest.skip("this numpy has no vector instructions to switch off")
    bare = {"NPY_DISABLE_CPU_FEATURES": " ".join(features), "PYTHONHASHSEED": "3"}

    assert digest_elsewhere(bare_environment | bare, project_root / "src") == DIGEST


def test_digest_does_not_depend_on_the_numpy_version(
    bare_environment: dict[str, str], project_root: Path, other_numpy: Path
) -> None:
    """BT-10."""
    assert digest_elsewhere(bare_environment, other_numpy, project_root / "src") == DIGEST


def test_seeds_differ_everywhere() -> None:
    """BT-10: another seed is another world, for every symbol."""
    one, other = bars(7), bars(8)

    equal = np.mean(one.close == other.close, axis=0)

    assert equal.max() < 0.25, "only what hardly moves may meet by chance"
    assert np.median(equal) < 0.001


def test_later_end_changes_nothing_before() -> None:
    """BT-02."""
    early, late = bars(7, date(2024, 2, 29)), bars(7)

    assert panel_digest(late.until(len(early.sessions) - 1)) == panel_digest(early)


def test_days_after_the_end_have_no_bar_and_no_quote() -> None:
    market = SyntheticMarket(7, CALENDAR, LAST)

    panel = market.bars([Symbol("SPY")], through=date(2024, 8, 6))

    assert np.isnan(panel.close[-1, 0])
    assert panel.close[-2, 0] > 0
    assert market.quotes([Symbol("SPY")], at=datetime(2024, 8, 6, 19, 45, tzinfo=UTC)) == ()


def test_history_suffices_for_the_bundled_strategies() -> None:
    market = SyntheticMarket(7, CALENDAR, LAST)

    market.check()

    panel = market.bars([Symbol("SPY")], through=LAST)
    assert len(panel.sessions) >= 1_500
    assert panel.sessions[0] == FIRST_DAY


@pytest.mark.parametrize("last", [date(2023, 12, 1), date(2012, 3, 1)])
def test_early_end_is_refused(last: date) -> None:
    with pytest.raises(InputError) as refused:
        SyntheticMarket(7, CALENDAR, last).check()

    assert str(refused.value) == (
        "the synthetic market begins on 2018-01-02 and needs 1500 sessions of history before "
        f"{last}: choose a day from 2024 on."
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_bars_are_sound(seed: int) -> None:
    """DA-01: the gate finds nothing, over the whole history of every symbol."""
    panel = bars(seed)
    result = assess(panel, dict.fromkeys(panel.symbols, len(panel.sessions)))

    assert [one for one in result.findings if one.blocks] == []
    for name, array in panel_columns(panel).items():
        whole = array if name == "volume" else array * 100
        np.testing.assert_allclose(whole, np.rint(whole), rtol=1e-12, err_msg=name)
    assert panel.volume is not None
    assert (panel.volume > 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_leveraged_funds_are_daily_multiples(seed: int) -> None:
    """Up to half a cent in four prices, and the day's share of the costs."""
    panel = bars(seed)
    checked = 0
    for name, listing in universe().items():
        if listing.underlying is None:
            continue
        ours, theirs = panel.closes(name), panel.closes(listing.underlying)
        assert ours is not None
        assert theirs is not None
        rounding = 0.011 / ours[:-1] + 0.011 * abs(listing.multiple) / theirs[:-1]
        expected = listing.multiple * returns(panel, listing.underlying)
        expected += listing.drift / 252
        assert (np.abs(returns(panel, name) - expected) <= rounding * 1.6).all(), name
        checked += 1
    assert checked > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_asset_classes_move_together_as_they_do(seed: int) -> None:
    panel = bars(seed)

    def correlation(one: str, other: str) -> float:
        return float(np.corrcoef(returns(panel, one), returns(panel, other))[0, 1])

    assert correlation("SPY", "QQQ") > 0.85
    assert correlation("SPY", "AAPL") > 0.5
    assert correlation("SMR", "OKLO") > 0.3
    assert correlation("TLT", "IEF") > 0.9
    assert correlation("SPY", "TLT") < 0.0
    assert correlation("SPY", "VIXY") < -0.6
    assert abs(correlation("SPY", "BIL")) < 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_market_has_fat_tails_and_clusters_of_volatility(seed: int) -> None:
    """Unlike independent normal moves: kurtosis 3, and no memory in their size."""
    moves = returns(bars(seed, date(2030, 12, 31)), "SPY")
    size = np.abs(moves)

    kurtosis = float(np.mean((moves - moves.mean()) ** 4) / moves.var() ** 2)

    assert 0.10 < moves.std() * 252**0.5 < 0.30
    assert kurtosis > 3.8
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.12
    assert moves.min() < -0.035


def test_prices_stay_within_reach() -> None:
    """No bundled symbol is worth less than a few cents in the year that examples use."""
    for seed in SEEDS:
        panel = bars(seed)

        assert panel.close[-1].min() > 0.5
        assert panel.close[-1].max() < 5_000


# Quotes


def test_quote_runs_from_the_open_to_the_close() -> None:
    """DA-02."""
    market = SyntheticMarket(7, CALENDAR, LAST)
    session = CALENDAR.session(LAST)
    assert session is not None
    panel = market.bars([Symbol("SPY")], through=LAST)
    assert panel.open is not None
    opened, closed = (Decimal(f"{array[-1, 0]:.2f}") for array in (panel.open, panel.close))
    noon = session.open_at + (session.close_at - timedelta(minutes=15) - session.open_at) / 2

    def last(at: datetime) -> Decimal:
        (quote,) = market.quotes([Symbol("SPY")], at=at)
        return quote.last

    assert opened != closed
    assert last(session.open_at) == opened
    assert abs(last(noon) - (opened + closed) / 2) <= Decimal("0.01")
    assert last(session.close_at - timedelta(minutes=15)) == closed
    assert last(session.close_at) == closed


def test_spread_is_wider_for_what_trades_less() -> None:
    """In whole cents, never crossed, never locked, and at least as wide as listed."""
    market = SyntheticMarket(7, CALENDAR, LAST)
    quotes = {
        one.symbol: one for one in market.quotes(EVERY, at=datetime(2024, 8, 5, 19, 45, tzinfo=UTC))
    }

    for name, quote in quotes.items():
        assert quote.bid < quote.ask or quote.bid == quote.ask == quote.last
        assert quote.bid % Decimal("0.01") == quote.ask % Decimal("0.01") == 0
        listed = Decimal(str(universe()[name].spread_bps)) / 10_000
        assert quote.ask - quote.bid >= listed * quote.mid() * Decimal("0.99")
    spread = {name: (one.ask - one.bid) / one.mid() for name, one in quotes.items()}
    assert spread[Symbol("SPY")] < spread[Symbol("NLR")]


def test_market_trades_in_cents() -> None:
    assert SyntheticMarket(7, CALENDAR, LAST).price_increment() == Decimal("0.01")


# Noise


def test_noise_has_the_moments_it_claims() -> None:
    numbers = normal(3, "stream", 200_000)

    assert abs(numbers.mean()) < 0.01
    assert abs(numbers.std() - 1) < 0.01
    assert 3.9 < np.abs(numbers).max() <= 6.0
    assert abs(uniform(3, "stream", 200_000).mean() - 0.5) < 0.003


def test_noise_is_a_prefix_of_longer_noise_and_differs_by_stream() -> None:
    """BT-02."""
    short = normal(3, "stream", 100)

    assert short.tolist() == normal(3, "stream", 1_000)[:100].tolist()
    assert np.mean(short == normal(3, "other", 100)) < 0.1
    assert np.mean(short == normal(4, "stream", 100)) < 0.1
