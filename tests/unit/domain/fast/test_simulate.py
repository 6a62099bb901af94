"""Weights become books: by the short way or by all the rules, and no dollar is lost on either."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.fast.inputs import Costs, FastInputs, FastRun, Happening, Rules
from alchemiser.domain.fast.kernel import sessions
from alchemiser.domain.fast.limits import NO_LIMITS, Bounds
from alchemiser.domain.fast.short_way import ShortWay
from alchemiser.domain.fast.simulate import simulate
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.errors import InvalidValueError

ROWS, COLUMNS = 60, 5
BOUNDS = Bounds(
    codes=(RiskCode.MAX_GROSS_EXPOSURE, RiskCode.MAX_NET_EXPOSURE),
    factors=np.array([[1.0, 2.0, 3.0, 1.0, 1.0], [1.0, 2.0, -3.0, 1.0, 1.0]]),
    most=np.array([1.2, 0.8]),
    position=np.array([0.3, np.inf, 0.2, 0.3, 0.3]),
    turnover=0.9,
)


def inputs(seed: int, **changes: object) -> FastInputs:
    draw = np.random.default_rng(seed)
    prices = 50 * np.exp(np.cumsum(draw.normal(0, 0.03, (ROWS, COLUMNS)), axis=0))
    weights = draw.dirichlet(np.ones(COLUMNS), (1, ROWS)) * (draw.random((1, ROWS, COLUMNS)) < 0.8)
    weights[0, draw.random(ROWS) < 0.2] = np.nan
    made = FastInputs(
        prices=prices,
        weights=weights,
        capital=np.array([100_000.0]),
        costs=Costs(
            buy=prices * 0.0004, sell=prices * 0.0006 + 0.001, impact=4e-8 / np.sqrt(prices)
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def with_happenings(made: FastInputs) -> FastInputs:
    """Return `made` with two splits, dividends, and what becomes of prices by the splits."""
    happenings = {
        row: Happening(
            ratio=np.array([ratio, 1.0, 1.0, 1.0, 1.0]),
            income=np.array([0.0, income, 0.5, 0.0, 0.0]),
            paid=np.array([row, paid, row, row, row]),
        )
        for row, ratio, income, paid in ((7, 2.0, 0.0, 7), (8, 1.0, 1.25, 40), (31, 3.0, 0.75, 90))
    }
    prices = made.prices / replace(made, happenings=happenings).splits()
    return replace(made, prices=prices, happenings=happenings)


def the_long_way(made: FastInputs, monkeypatch: pytest.MonkeyPatch) -> FastRun:
    with monkeypatch.context() as patch:
        patch.setattr(ShortWay, "of", lambda _: None)
        return simulate(made)


@pytest.mark.parametrize("bounds", [NO_LIMITS, BOUNDS])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(("band", "minimum"), [(0.0, 0.0), (0.02, 0.0), (0.02, 500.0)])
def test_both_ways_lead_to_the_same_books(
    bounds: Bounds, band: float, minimum: float, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    rules = Rules(drift_band=band, minimum_trade=minimum, whole=whole)
    bound: set[str] = set()
    for seed in range(4):
        made = inputs(seed, rules=rules, bounds=bounds)
        short, long = simulate(made), the_long_way(made, monkeypatch)

        np.testing.assert_allclose(short.equity, long.equity, rtol=1e-12)
        np.testing.assert_allclose(short.positions, long.positions, rtol=1e-9, atol=1e-9)
        assert short.limited == long.limited
        bound |= {code for _, code in short.limited} - {RiskCode.BUYING_POWER}
    assert bool(bound) is (bounds is BOUNDS)


@pytest.mark.parametrize("bounds", [NO_LIMITS, BOUNDS])
def test_both_ways_book_splits_and_dividends(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BT-04: what happens to shares before a session counts in it, whichever way it is run."""
    for seed in range(3):
        made = with_happenings(inputs(seed, bounds=bounds))
        short, long = simulate(made), the_long_way(made, monkeypatch)

        np.testing.assert_allclose(short.equity, long.equity, rtol=1e-12)
        np.testing.assert_allclose(short.costs, long.costs, atol=1e-6)
        assert short.orders.tolist() == long.orders.tolist()


@pytest.mark.parametrize(("paid", "owed"), [(1, [0, 0, 0]), (2, [0, 50, 0]), (9, [0, 50, 50])])
def test_who_does_not_trade_has_splits_and_dividends_alone(paid: int, owed: list[int]) -> None:
    """BT-04: 500 shares of each at 2 dollars, bought for nothing."""
    free = Costs(buy=np.zeros((3, 2)), sell=np.zeros((3, 2)))
    weights = np.full((1, 3, 2), np.nan)
    weights[0, 0] = 0.5
    prices = np.array([[2.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    made = FastInputs(
        prices=prices,
        weights=weights,
        capital=np.array([2_000.0]),
        costs=free,
        rules=Rules(cash_buffer=0.0, reserve=0.0),
        happenings={
            1: Happening(
                ratio=np.array([2.0, 1.0]), income=np.array([0.0, 0.1]), paid=np.array([1, paid])
            )
        },
    )

    run = simulate(made)

    assert run.positions[2, 0].tolist() == [1_000.0, 500.0]
    assert run.owed.tolist() == owed
    assert run.books[:, 0].tolist() == [2_000.0, 2_050.0, 2_050.0]
    assert run.cash.tolist() == [0.0, 50.0 - owed[1], 50.0 - owed[2]]
    assert run.equity.tolist() == [2_000.0, 2_050.0 - owed[1], 2_050.0 - owed[2]]
    assert run.traded.tolist() == [2_000.0, 0.0, 0.0]
    assert run.costs.tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(InvalidValueError, match="after the first"):
        replace(made, happenings={0: made.happenings[1]})
    with pytest.raises(InvalidValueError, match="before its ex-day"):
        replace(made, happenings={2: replace(made.happenings[1], paid=np.array([1, 2]))})


def test_a_debt_costs_interest_as_a_session_begins() -> None:
    """BT-04: a buy that costs more than was set aside leaves a debt, which the house pays for."""
    one = np.ones((3, 1))
    made = FastInputs(
        prices=one,
        weights=np.array([[[1.0], [np.nan], [np.nan]]]),
        capital=np.array([1_000.0]),
        costs=Costs(buy=one * 0.1, sell=one * 0.1),
        rules=Rules(cash_buffer=0.0, reserve=0.0),
        interest=np.array([0.0, 0.01, 0.03]),
    )

    for run in (simulate(made), simulate(made, sessions.run)):
        assert run.cash == pytest.approx([-100.0, -101.0, -104.03])
        assert run.house == pytest.approx([0.0, -1.0, -4.03])
        assert run.costs == pytest.approx([100.0, 0.0, 0.0])
        assert run.books[:, 0] == pytest.approx([900.0] * 3)
    with pytest.raises(InvalidValueError, match="interest has shape"):
        replace(made, interest=np.zeros(2))


@given(seed=st.integers(0, 10**6), books=st.integers(1, 3), whole=st.booleans())
def test_no_dollar_is_lost(seed: int, books: int, *, whole: bool) -> None:
    """What equity gains is what positions gain, less what trading costs."""
    single = inputs(seed, rules=Rules(whole=whole), bounds=BOUNDS, idle=5_000.0)
    made = replace(
        single,
        capital=np.full(books, 60_000.0),
        weights=np.concatenate([np.roll(single.weights, place, axis=1) for place in range(books)]),
    )
    run = simulate(made)

    shares = run.positions.sum(axis=1)
    gained = np.einsum("tn,tn->t", shares[:-1], np.diff(made.prices, axis=0))
    np.testing.assert_allclose(np.diff(run.equity), gained - run.costs[1:], atol=1e-6)
    np.testing.assert_allclose(run.equity, run.books.sum(axis=1) + made.idle, rtol=1e-12)
    assert (run.costs >= -1e-9).all()
    assert (run.cash >= 0).all()
    assert (shares >= 0).all()
    if whole:
        np.testing.assert_allclose(shares, np.round(shares), atol=1e-9)


def test_nothing_is_bought_beyond_a_limit() -> None:
    made = inputs(5, bounds=BOUNDS)
    run = simulate(made)

    shares = run.positions[:, 0]
    bought = np.diff(shares, axis=0, prepend=np.zeros((1, COLUMNS))) > 1e-9
    part = shares * made.prices / run.equity[:, None]
    assert BOUNDS.position is not None
    assert (part <= BOUNDS.position)[bought].all()
    exposed = np.abs(part @ BOUNDS.factors.T)
    assert (exposed <= BOUNDS.most)[bought.any(axis=1)].all()


def test_a_wish_for_whole_shares_is_not_lost_to_a_float() -> None:
    """A target that is a whole number of shares in exact arithmetic is that number."""
    lost = 0
    for cents in range(101, 3_000, 7):
        for count in (3, 7, 30):
            price, weight = cents / 100, count * cents / 100 / 100_000
            lost += int(weight * 100_000 / price) < count
            exact = Decimal(count * cents) / Decimal(10_000_000) * 100_000 / (Decimal(cents) / 100)
            assert exact == count
            one = np.array([[price]])
            run = simulate(
                FastInputs(
                    prices=one,
                    weights=np.array([[[weight]]]),
                    capital=np.array([100_000.0]),
                    costs=Costs(buy=one * 0, sell=one * 0),
                    rules=Rules(cash_buffer=0.0, drift_band=0.0, minimum_trade=0.0, whole=True),
                )
            )
            assert run.positions[0, 0, 0] == count
    assert lost, "the plain quotient is below it for some of them"


def test_a_book_without_a_price_for_what_it_holds_is_left_alone() -> None:
    made = inputs(2)
    prices = made.prices.copy()
    prices[20, 1] = np.nan
    weights = np.full_like(made.weights, 0.2)
    run = simulate(replace(made, prices=prices, weights=weights))

    np.testing.assert_array_equal(run.positions[20], run.positions[19])
    assert not np.array_equal(run.positions[21], run.positions[20])
    assert np.isfinite(run.equity).all()


def test_what_is_above_its_threshold_is_traded_and_nothing_else() -> None:
    made = inputs(2, weights=np.full((1, ROWS, COLUMNS), 0.2))
    always, seldom = simulate(made), simulate(replace(made, thresholds=np.array([0.05])))

    assert 0 < seldom.orders.sum() < always.orders.sum() / 3


def test_a_book_that_owes_money_raises_it_when_it_is_not_its_turn() -> None:
    made = inputs(2, weights=np.full((1, ROWS, COLUMNS), np.nan), capital=np.array([-100.0]))
    held = replace(made, rests=np.ones((1, ROWS), dtype=np.bool_), idle=1_000.0)

    assert simulate(held).cash[-1] == pytest.approx(900.0), "it has nothing to sell"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"weights": np.zeros((2, ROWS, COLUMNS))}, "weights have shape"),
        ({"prices": np.zeros((ROWS, COLUMNS))}, "prices must be above zero"),
        ({"costs": Costs(buy=np.zeros((1, 1)), sell=np.zeros((1, 1)))}, "costs of buy have shape"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidValueError, match=why):
        inputs(1, **changes)


def test_at_least_one_session_is_needed() -> None:
    none = np.empty((0, 2))
    with pytest.raises(InvalidValueError, match="no session"):
        FastInputs(
            prices=none,
            weights=np.empty((1, 0, 2)),
            capital=np.array([1.0]),
            costs=Costs(buy=none, sell=none),
        )
