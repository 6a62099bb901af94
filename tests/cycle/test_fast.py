"""The fast engine and the exact one tell the same of every history that knows no chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.memory.journal import MemoryJournal
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.synthetic.chance import Chance
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.application.backtest import BacktestSetup, backtest
from alchemiser.application.backtest_report import BacktestReport, EngineName
from alchemiser.application.engine import EnabledStrategy, Engine, Fallback
from alchemiser.application.fast import fast_backtest, grounds_for
from alchemiser.application.kernels import Kernels
from alchemiser.application.research.trials import World, trial
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.planning.choosing import AlgorithmChoice
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings
from alchemiser.domain.portfolio.exits import Exits
from alchemiser.domain.portfolio.sizing import Sizing
from alchemiser.domain.risk.breakers import RESEARCH_BREAKERS
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import ACCRUALS, StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import ONE, Floats
from alchemiser.domain.values.rebalance import Frequency, Rebalance
from alchemiser.domain.values.schedule import Schedule, Timing
from alchemiser.domain.values.session import Session
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.domain.venue_model.costs import CostKind
from alchemiser.domain.venue_model.impact import ImpactModel
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.strategy import Strategy
from alchemiser.rules import (
    asset,
    cumulative_return,
    rsi,
    top,
    weight_equal,
    weight_specified,
    when,
)
from tests.cycle.world import SYMBOLS, make_engine
from tests.interpreted import Interpreted

FIRST = date(2024, 1, 2)
EARLIER = 4
"""Sessions before the first that is run."""
CASH = Decimal(10_000_000)
NEAR = 2e-6
"""What rounding every fill to cents may come to, as a share of all."""
CALM = VenueSettings(
    slippage=Decimal(0),
    impact=ImpactModel(),
    partial_probability=Decimal(0),
    fees=FeeSchedule(regulatory=False, commission_fraction=Decimal("0.0003")),
)


@dataclass(frozen=True)
class WholeShares:
    """Let only whole shares be traded."""

    table: ReferenceTable

    def instrument(self, name: Symbol) -> Instrument:
        return replace(self.table.instrument(name), quantity_increment=ONE)


def write_history(
    folder: Path, seed: int, *, holes: bool, trading: bool = False, opens: bool = False
) -> None:
    """Write a random history of every symbol, with sessions missing here and there.

    On a trading basis there are dividends and splits too, and prices so high that a cent is little.
    """
    folder.mkdir()
    draw = np.random.default_rng(seed)
    days = [session.day for session in all_sessions()]
    for place, name in enumerate(SYMBOLS):
        prices = (40 + 9 * place) * np.exp(np.cumsum(draw.normal(0.0, 0.02, len(days))))
        kept = [not holes or place != 0 or draw.random() > 0.1 for _ in days]
        volumes = draw.uniform(20_000_000, 60_000_000, len(days))
        columns = [prices, volumes]
        if trading:
            columns = on_trading_basis(prices, volumes, draw)
        if opens:
            columns.append(columns[0] * draw.uniform(0.98, 1.02, len(days)))
        rows = [
            ",".join([str(day), *(f"{cell:.4f}" for cell in cells)])
            for day, keep, *cells in zip(days, kept, *columns, strict=True)
            if keep
        ]
        head = "session,close,volume" + ",raw_close,split,dividend" * trading + ",open" * opens
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")


def on_trading_basis(prices: Floats, volumes: Floats, draw: np.random.Generator) -> list[Floats]:
    """Return total returns, volumes, prices as traded, splits and dividends of such a history."""
    raw = np.round(20_000 * prices, 2)
    splits = np.where(draw.random(len(raw)) < 0.05, 2.0, 1.0)
    splits[0] = 1.0
    raw = np.round(raw / np.cumprod(splits), 2)
    dividends = np.where(draw.random(len(raw)) < 0.1, np.round(0.01 * raw, 2), 0.0)
    gross = np.ones(len(raw))
    gross[1:] = splits[1:] * (raw + dividends)[1:] / raw[:-1]
    return [raw[0] * np.cumprod(gross), volumes / 20_000, raw, splits, dividends]


def all_sessions() -> tuple[Session, ...]:
    """Return the sessions that have bars."""
    return SessionTable().sessions(FIRST, date(2024, 2, 8))


rising = cumulative_return("SPY", 2) > 0
TREES: tuple[Node, ...] = (
    when(rising, weight_equal(asset("QQQ"), asset("SPY"), asset("GLD")), asset("TLT")),
    when(
        rsi("QQQ", 3) > 60,
        weight_specified((Decimal("0.7"), asset("IEF")), (Decimal("0.3"), asset("TLT"))),
        weight_specified((Decimal("0.6"), asset("AGG")), (Decimal("0.4"), asset("GLD"))),
    ),
    top(2, by=cumulative_return(window=3), of=["AGG", "GLD", "IEF", "QQQ"]),
)


@dataclass(frozen=True)
class Case:
    """What is drawn."""

    seed: int
    trees: tuple[int, ...]
    whole: bool
    holes: bool
    band: Decimal
    buffer: Decimal
    minimum: Decimal
    frequency: Frequency
    threshold: Decimal
    limits: RiskLimits
    trading: bool = False
    timing: Timing = Timing.NEAR_CLOSE
    algorithm: Algorithm = Algorithm.MARKETABLE_LIMIT
    wait: int = 0
    regulatory: bool = False

    def venue(self) -> VenueSettings:
        """Return a venue that knows no chance."""
        return replace(CALM, fees=replace(CALM.fees, regulatory=self.regulatory))


LIMITS = (
    RESEARCH_LIMITS,
    replace(RESEARCH_LIMITS, max_leverage=Decimal("0.6")),
    replace(RESEARCH_LIMITS, max_position=dict.fromkeys(AssetClass, Decimal("0.3"))),
    replace(RESEARCH_LIMITS, max_turnover=Decimal("0.5")),
    replace(
        RESEARCH_LIMITS,
        max_asset_class=dict.fromkeys(AssetClass, Decimal("0.5")),
        max_gross_exposure=Decimal("0.8"),
    ),
)
cases = st.builds(
    Case,
    seed=st.integers(0, 10**6),
    trees=st.sampled_from([(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)]),
    whole=st.booleans(),
    holes=st.booleans(),
    band=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.05")]),
    buffer=st.sampled_from([Decimal("0.01"), Decimal("0.2")]),
    minimum=st.sampled_from([Decimal(0), Decimal(5), Decimal(50_000)]),
    frequency=st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]),
    threshold=st.sampled_from([Decimal(0), Decimal("0.05")]),
    limits=st.sampled_from(LIMITS),
    trading=st.booleans(),
    timing=st.sampled_from(Timing),
    algorithm=st.sampled_from([Algorithm.MARKETABLE_LIMIT, Algorithm.LIMIT_ON_CLOSE]),
    wait=st.sampled_from([0, 1, 12]),
    regulatory=st.booleans(),
)


class PaysLater(FileMarketData):
    """Have dividends paid so many days after their ex-day."""

    wait = 0

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        told = super().corporate_actions(symbols, first=first, last=last)
        return tuple(replace(one, pay_day=one.ex_day + timedelta(self.wait)) for one in told)


def engine_of(home: Path, case: Case) -> Engine:
    sessions, schedule = all_sessions()[EARLIER:], Schedule(timing=case.timing)

    def files(path: Path, calendar: CalendarPort) -> PaysLater:
        market = PaysLater(path, calendar)
        market.wait = case.wait
        return market

    day = sessions[0].day
    engine = make_engine(home, day, 1, schedule, venue=case.venue(), cash=CASH, files=files)
    rebalance = Rebalance(frequency=case.frequency, threshold=case.threshold)
    share = (ONE / len(case.trees)).quantize(Decimal("0.01")) - Decimal("0.01")
    reference = engine.reference
    assert isinstance(reference, ReferenceTable)
    if case.whole:
        engine = replace(engine, reference=WholeShares(reference))
    return replace(
        engine,
        journal=MemoryJournal(),
        strategies=tuple(
            EnabledStrategy(
                strategy_id=StrategyId(f"s{place}"),
                weight=share,
                strategy=RuleStrategy(TREES[place], rebalance=rebalance),
                content_hash="",
            )
            for place in case.trees
        ),
        policy=replace(
            engine.policy,
            allocation=AllocationSettings(cash_buffer=case.buffer, drift_band=case.band),
            planning=replace(
                engine.policy.planning,
                minimum_trade=case.minimum,
                algorithms=AlgorithmChoice(usual=case.algorithm, large=case.algorithm),
            ),
            limits=case.limits,
            breakers=RESEARCH_BREAKERS,
        ),
    )


def setup_of(engine: Engine, venue: VenueSettings = CALM) -> BacktestSetup:
    clock = engine.clock
    assert isinstance(clock, VirtualClock)
    return BacktestSetup(
        engine=engine,
        clock=clock,
        sessions=all_sessions()[EARLIER:],
        risk_profile="drawn",
        units="total-return units",
        venue=venue,
        chance=Chance(7),
    )


def nobody(*_: int) -> None:
    """Be told of no progress."""


def both(home: Path, case: Case) -> tuple[BacktestReport, BacktestReport]:
    fast, exact = (setup_of(engine_of(home, case), case.venue()) for _ in range(2))
    return fast_backtest(fast, nobody), backtest(exact, nobody)


def owed_by(report: BacktestReport) -> Floats:
    """Return what the book of accruals comes to, (T,), zero before there is one."""
    owed = report.course.books.get(ACCRUALS, np.zeros(report.sessions))
    return np.nan_to_num(owed, nan=0.0)


def part_paid(fast: BacktestReport) -> float:
    """Return which part of what was traded trading has cost.

    By no more do both engines differ in what they call traded: fills are at prices that hold what
    they cost, arrays trade at those decided on.
    """
    traded = float(fast.course.traded.sum())
    paid = sum(float(dollars.sum()) for dollars in fast.course.costs.values())
    return paid / traded if traded else 0.0


def apart_at_most(case: Case, fast: BacktestReport) -> float:
    """Return how far apart both engines may be, as a share of all.

    Arrays charge the commission on the price decided on, the venue on the one paid. Buys and sells
    make up for one another, unless only one side pays a spread and the other is in the auction.
    """
    if case.algorithm is not Algorithm.LIMIT_ON_CLOSE:
        return NEAR
    lost = sum(fast.course.costs[kind].sum() for kind in (CostKind.SPREAD, CostKind.SLIPPAGE))
    return NEAR + float(CALM.fees.commission_fraction) * float(lost) / float(CASH)


A_PRICE_IS_MISSING_ON_ITS_TURN = Case(
    seed=1,
    trees=(2,),
    whole=False,
    holes=True,
    band=Decimal("0.05"),
    buffer=Decimal("0.01"),
    minimum=Decimal(0),
    frequency=Frequency.WEEKLY,
    threshold=Decimal(0),
    limits=RESEARCH_LIMITS,
)
SELLS_PAY_AND_BUYS_ARE_IN_THE_AUCTION = replace(
    A_PRICE_IS_MISSING_ON_ITS_TURN,
    seed=1562,
    band=Decimal("0.01"),
    minimum=Decimal(5),
    frequency=Frequency.DAILY,
    threshold=Decimal("0.05"),
    limits=LIMITS[3],
    timing=Timing.NEXT_CLOSE,
    algorithm=Algorithm.LIMIT_ON_CLOSE,
)


@settings(max_examples=40)
@given(case=cases)
@example(case=A_PRICE_IS_MISSING_ON_ITS_TURN)
@example(case=SELLS_PAY_AND_BUYS_ARE_IN_THE_AUCTION)
def test_both_engines_end_with_the_same_books(case: Case) -> None:
    """BT-01, BT-03: one truth, two engines.

    They are held together up to the first session that did not end well in the exact one: an order
    that its last gate refuses or cuts once more is one that arrays know nothing of.
    """
    with TemporaryDirectory() as folder:
        home = Path(folder)
        opens = case.timing.trades_at_open()
        write_history(home / "bars", case.seed, holes=case.holes, trading=case.trading, opens=opens)
        fast, exact = both(home, case)

    days = [day for day, _ in exact.equity]
    end = days.index(exact.failures[0][0]) if exact.failures else len(days)
    curves = [np.array([float(one) for _, one in r.equity[:end]]) for r in (fast, exact)]
    assert np.abs(curves[0] / curves[1] - 1).max(initial=0.0) < apart_at_most(case, fast)
    ours, theirs = owed_by(fast)[:end], owed_by(exact)[:end]
    assert np.abs(ours - theirs).max(initial=0.0) < NEAR * float(CASH)
    if not exact.failures:
        assert fast.decided == exact.decided
        assert fast.performance.turnover == pytest.approx(
            exact.performance.turnover, rel=part_paid(fast), abs=1e-4
        )
        assert dict(fast.limited).keys() == dict(exact.limited).keys()


PAID_WEEKS_LATER = Case(
    seed=1,
    trees=(0, 1, 2),
    whole=False,
    holes=False,
    band=Decimal("0.01"),
    buffer=Decimal("0.01"),
    minimum=Decimal(5),
    frequency=Frequency.DAILY,
    threshold=Decimal(0),
    limits=RESEARCH_LIMITS,
    trading=True,
    wait=12,
)


def test_a_dividend_is_the_books_before_it_is_the_accounts(tmp_path: Path) -> None:
    """BT-04: both engines count what the account has not been paid, and trade without it."""
    write_history(tmp_path / "bars", 1, holes=False, trading=True)
    fast, exact = both(tmp_path, PAID_WEEKS_LATER)

    assert not exact.failures
    assert owed_by(fast).min() < -1_000
    np.testing.assert_allclose(owed_by(fast), owed_by(exact), atol=NEAR * float(CASH))
    at_once = fast_backtest(
        setup_of(engine_of(tmp_path, replace(PAID_WEEKS_LATER, wait=0))), nobody
    )
    assert ACCRUALS not in at_once.course.books
    assert at_once.final_equity != fast.final_equity


@pytest.mark.parametrize("seed", [1, 4])
def test_closed_trades_have_the_lots_of_the_exact_engine(tmp_path: Path, seed: int) -> None:
    """BT-03: each with its days, its shares and its gain; over splits and dividends too."""
    write_history(tmp_path / "bars", seed, holes=False, trading=True)
    fast, exact = both(tmp_path, PAID_WEEKS_LATER)

    assert not exact.failures
    ours, theirs = (
        {(one.symbol, one.opened, one.closed): one for one in report.course.trades}
        for report in (fast, exact)
    )
    assert len(ours) > 10
    assert ours.keys() == theirs.keys()
    for key, one in ours.items():
        assert one.quantity == pytest.approx(theirs[key].quantity, rel=1e-4, abs=1e-4)
        assert one.gain == pytest.approx(theirs[key].gain, abs=NEAR * float(CASH))


def test_a_trial_gains_over_splits_what_a_backtest_does(tmp_path: Path) -> None:
    """BT-07: a split is neither a purchase nor a sale."""
    write_history(tmp_path / "bars", 1, holes=False, trading=True)
    setups = [setup_of(engine_of(tmp_path, PAID_WEEKS_LATER)) for _ in range(2)]
    grounds, _ = grounds_for(setups[0])
    assert any((one.ratio > 1).any() for one in grounds.happenings.values())

    engine = setups[0].engine
    told = trial(World(grounds=grounds, runner=lambda: engine.runner), engine.strategies)
    gains = [one.gain for one in fast_backtest(setups[1], nobody).course.trades]
    assert told.gains.tolist() == pytest.approx(gains, rel=1e-9)
    assert any(one > 0 for one in gains)


PLAIN = Case(
    seed=3,
    trees=(0, 1),
    whole=False,
    holes=False,
    band=Decimal("0.01"),
    buffer=Decimal("0.01"),
    minimum=Decimal(5),
    frequency=Frequency.DAILY,
    threshold=Decimal(0),
    limits=RESEARCH_LIMITS,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_history(tmp_path / "bars", PLAIN.seed, holes=False)
    return tmp_path


def test_the_same_inputs_give_the_same_bytes(home: Path) -> None:
    """BT-10."""
    one, other = (fast_backtest(setup_of(engine_of(home, PLAIN)), nobody) for _ in range(2))

    assert (one.digest, one.equity) == (other.digest, other.equity)


def test_limits_that_only_the_exact_engine_knows_are_named(home: Path) -> None:
    limits = replace(RESEARCH_LIMITS, max_var=Decimal("0.1"), max_leverage=ONE)

    told = fast_backtest(setup_of(engine_of(home, replace(PLAIN, limits=limits))), nobody)

    assert told.engine is EngineName.FAST
    assert told.not_checked == ("max_var",)


def with_first(engine: Engine, **changes: object) -> Engine:
    first, *others = engine.strategies
    return replace(engine, strategies=(replace(first, **changes), *others))  # type: ignore[arg-type]


def test_what_depends_on_the_way_there_is_left_to_the_exact_engine(home: Path) -> None:
    engine = engine_of(home, PLAIN)
    mixed = replace(engine.policy.allocation, allocation=Allocation.CONSTANT_MIX)
    asked = {
        "exits": with_first(engine, exits=Exits(stop_loss=Decimal("0.1"))),
        "sizing": with_first(engine, sizing=Sizing(target_volatility=Decimal("0.1"))),
        "a constant mix": replace(engine, policy=replace(engine.policy, allocation=mixed)),
    }
    for what, one in asked.items():
        with pytest.raises(SettingsError, match=f"does not know {what}: .* --engine exact"):
            fast_backtest(setup_of(one), nobody)


def test_opening_prices_are_needed_to_trade_at_the_open(home: Path) -> None:
    engine = engine_of(home, replace(PLAIN, timing=Timing.NEXT_OPEN))

    with pytest.raises(SettingsError, match="no opening prices"):
        fast_backtest(setup_of(engine), nobody)


def test_a_fallback_is_held_while_a_strategy_does_not_decide(home: Path) -> None:
    """Both engines go back to the strategy's own target as soon as it decides."""
    undecided = when(cumulative_return("SPY", 12) > 0, asset("QQQ"), asset("TLT"))
    fallback = Fallback(target=TargetPortfolio.of({"AGG": 1.0}), after=3)

    def setup() -> BacktestSetup:
        engine = with_first(
            engine_of(home, PLAIN), strategy=RuleStrategy(undecided), fallback=fallback
        )
        return setup_of(engine)

    fast, exact = fast_backtest(setup(), nobody), backtest(setup(), nobody)

    assert fast.decided == exact.decided
    assert float(fast.final_equity) == pytest.approx(float(exact.final_equity), rel=NEAR)


def test_code_is_asked_session_by_session(home: Path) -> None:
    """A strategy that is no rule tree decides the same in both engines."""

    class Code:
        requirements = Requirements.of({"SPY": 3, "TLT": 1})
        largest_weights: Mapping[AssetClass, Decimal] = {}

        def target(self, view: MarketView) -> TargetPortfolio:
            closes = view.close(Symbol("SPY"))
            return TargetPortfolio.of({"SPY" if closes[-1] > closes[-3] else "TLT": 1.0})

    def setup() -> BacktestSetup:
        return setup_of(with_first(engine_of(home, PLAIN), strategy=Code()))

    fast, exact = fast_backtest(setup(), nobody), backtest(setup(), nobody)

    assert fast.decided == exact.decided
    assert float(fast.final_equity) == pytest.approx(float(exact.final_equity), rel=NEAR)


@pytest.mark.parametrize("algorithm", [Algorithm.MARKETABLE_LIMIT, Algorithm.LIMIT_ON_CLOSE])
def test_fee_on_shares_sold_has_its_cap_in_both_engines(home: Path, algorithm: Algorithm) -> None:
    """BT-03, BT-04: it is that of 50,000 shares; some sales are of more than twice as many."""
    case = replace(PLAIN, trees=(0,), algorithm=algorithm, regulatory=True)
    fast, exact = both(home, case)

    assert not exact.failures
    assert max(one.quantity for one in exact.course.trades) > 100_000
    ours, theirs = (report.course.costs[CostKind.FEES] for report in (fast, exact))
    # Each fee is rounded up to a cent, and reckoned on the price that is paid.
    np.testing.assert_allclose(ours, theirs, atol=0.2)
    assert abs(fast.final_equity - exact.final_equity) < Decimal(NEAR) * CASH
    gains = [{(o.symbol, o.closed): o.gain for o in r.course.trades} for r in (fast, exact)]
    assert gains[0] == pytest.approx(gains[1], abs=NEAR * float(CASH))


def test_code_that_reads_metrics_decides_as_a_rule_tree_does(tmp_path: Path) -> None:
    """BT-02: in both engines, which share readings between sessions; undecided at first."""
    strength, rise = rsi("SPY", 3), cumulative_return("QQQ", 2)

    class Code:
        requirements = Requirements.of({"SPY": 90, "QQQ": 3, "TLT": 1})
        largest_weights: Mapping[AssetClass, Decimal] = {}

        def target(self, view: MarketView) -> TargetPortfolio:
            reads = view.reading(strength) > 55 or view.reading(rise) > 0
            return TargetPortfolio.of({"SPY" if reads else "TLT": 1.0})

    tree = when(strength > 55, asset("SPY"), when(rise > 0, asset("SPY"), asset("TLT")))

    def setup(strategy: Strategy, folder: str) -> BacktestSetup:
        home = tmp_path / folder  # accounts are kept there
        home.mkdir()
        write_history(home / "bars", PLAIN.seed, holes=True)
        return setup_of(with_first(engine_of(home, PLAIN), strategy=strategy))

    for run in (fast_backtest, backtest):
        code = run(setup(Code(), f"{run.__name__}-code"), nobody)
        rules = run(setup(RuleStrategy(tree), f"{run.__name__}-rules"), nobody)

        assert code.decided == rules.decided
        assert code.final_equity == rules.final_equity != CASH


def test_the_digest_does_not_tell_what_has_run(tmp_path: Path) -> None:
    """BT-03."""
    write_history(tmp_path / "bars", PLAIN.seed, holes=True)
    setups = [setup_of(engine_of(tmp_path, PLAIN)) for _ in range(2)]
    by_kernel = replace(setups[0], kernels=Kernels(Interpreted(), 0))

    first, second = (fast_backtest(one, lambda *_: None) for one in (by_kernel, setups[1]))
    assert first.digest == second.digest
    assert first == second
