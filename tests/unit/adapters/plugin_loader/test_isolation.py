"""A strategy in a process of its own: whatever it does there ends as one sentence here."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader import IsolatedRunner, PluginLoader
from alchemiser.adapters.plugin_loader.processes import child as child_module
from alchemiser.adapters.plugin_loader.processes.correspondent import NO_ANSWER, Correspondent
from alchemiser.adapters.system.clock import stopwatch
from alchemiser.adapters.system.environment import library_places
from alchemiser.application.engine import EnabledStrategy
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.readings import Readings
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import PluginError, UndecidedError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy_source import LoadedStrategy, WantedStrategy
from alchemiser.rules import rsi, sma
from tests.unit.adapters.plugin_loader.conftest import Install
from tests.unit.adapters.plugin_loader.misbehaving import SOURCE

Load = Callable[..., LoadedStrategy]
SPY = Decided(target=TargetPortfolio.of({"SPY": 1}))
WORD = "not-for-plugins"
DAYS = tuple(date(2024, 1, 1) + timedelta(days=day) for day in range(1_100))


def panel(rows: int = 60, **changes: object) -> BarPanel:
    """Return bars of three symbols, of which the strategy declares two."""
    close = np.arange(rows * 3, dtype=float).reshape(rows, 3) + 100
    symbols = tuple(map(Symbol, ("AGG", "QQQ", "SPY")))
    whole = BarPanel(sessions=DAYS[:rows], symbols=symbols, close=close, volume=close * 10)
    return replace(whole, **changes)  # type: ignore[arg-type]


def view(row: int = 59, of: BarPanel | None = None) -> MarketView:
    """Return what may be seen as of `row`."""
    return MarketView(of or PANEL, row)


PANEL = panel()


@pytest.fixture
def runner() -> Iterator[IsolatedRunner]:
    """Return a runner whose processes end with the test."""
    made = IsolatedRunner(library_places(), stopwatch())
    yield made
    made.close()


@pytest.fixture
def load(install: Install, loader: Callable[[], PluginLoader]) -> Load:
    """Return a function that loads a strategy which does what it is told."""
    install(SOURCE, name="plug-odd")

    def loaded(does: str = "0", *, limit: int = 20, **params: object) -> LoadedStrategy:
        wanted = WantedStrategy(
            strategy_id=StrategyId("mine"),
            plugin="Plug.Odd",
            strategy="odd",
            params={"does": does, **params},
            time_limit=limit,
        )
        (one,) = loader().load([wanted])
        return one

    return loaded


def complaint(outcome: StrategyOutcome) -> str:
    """Return the reason of a failure without its name and remedy."""
    assert isinstance(outcome, Failed)
    owner, remedy = (
        "strategy odd of plugin plug-odd ",
        ": mend the plugin, or take the strategy out of the configuration.",
    )
    assert outcome.reason.startswith(owner)
    assert outcome.reason.endswith(remedy)
    return outcome.reason.removeprefix(owner).removesuffix(remedy)


def children() -> list[int]:
    """Return the processes that a test has begun, dead ones that nobody asked after included."""
    return [child for child in _all_children() if child not in EARLIER]


def _all_children() -> list[int]:
    place = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(child) for child in place.read_text().split()]


EARLIER: set[int] = set()
"""What tests before have begun and keep, such as the tracker of their workers' semaphores."""


@pytest.fixture(autouse=True)
def earlier() -> None:
    """Take down what runs before a test."""
    EARLIER.clear()
    EARLIER.update(_all_children())


def test_a_loaded_strategy_holds_nothing_of_the_plugins_code(load: Load) -> None:
    """RS-17: nothing of it can run, change its mind or hang in this process any more."""
    strategy = load().strategy

    assert strategy.requirements == Requirements(((Symbol("AGG"), 1), (Symbol("SPY"), 3)))
    assert type(strategy).__module__.startswith("alchemiser.")
    with pytest.raises(PluginError, match="runs in a process of its own"):
        strategy.target(view())


def test_a_strategy_reads_the_same_there_as_here(runner: IsolatedRunner, load: Load) -> None:
    """BT-02: to the last digit, worked out there at first and told from then on."""
    does = (
        "from alchemiser.rules import rsi, sma\n"
        "told = [repr(view.reading(one)) for one in (rsi('SPY', 5), sma('AGG', 3))]\n"
        "raise UndecidedError(' '.join(told))"
    )
    strategy, shared = load(does), Readings(PANEL)

    for row in (1, 2, 30, 31, 59, 40):  # too early for one; then back to the past
        here = MarketView(PANEL, row, shared)
        try:
            told = " ".join(repr(here.reading(one)) for one in (rsi("SPY", 5), sma("AGG", 3)))
        except UndecidedError as error:
            told = str(error)
        assert runner.run(strategy, MarketView(PANEL, row, shared)) == Undecided(reason=told)


@pytest.mark.parametrize("names", ["7", "['[' * 150]", '[\'["price","QQQ"]\']', "['x' * 900_000]"])
def test_a_process_that_names_what_is_no_metric_is_replaced(
    runner: IsolatedRunner, load: Load, names: str
) -> None:
    """RS-17."""
    does = (
        "from alchemiser.adapters.plugin_loader.processes.told import Heard\n"
        f"if view.as_of.day % 2: Heard.new = lambda *_: {names}"
    )
    strategy = load(does)

    for row in (10, 12):
        assert complaint(runner.run(strategy, view(row))) == NO_ANSWER
        assert runner.run(strategy, view(row + 1)) == SPY


def test_a_strategy_decides_on_the_bars_it_declares(runner: IsolatedRunner, load: Load) -> None:
    does = (
        "assert view.symbols == ('AGG', 'SPY') and view.as_of == view.sessions[-1];"
        "hold = TargetPortfolio.of({'SPY': Decimal(str(view.close('SPY')[-1])) / 1000})"
    )
    strategy = load(does)

    for row in (10, 11, 40):
        expected = TargetPortfolio.of({"SPY": Decimal(str(PANEL.close[row, 2])) / 1000})
        assert runner.run(strategy, view(row)) == Decided(target=expected)


def test_every_column_arrives_as_it_is(runner: IsolatedRunner, load: Load) -> None:
    close = PANEL.close.copy()
    close[3, 0] = np.nan
    blocked = np.zeros(close.shape, bool)
    blocked[5, 2] = True
    whole = panel(close=close, open=close - 1, raw_close=close * 2, blocked=blocked)
    whole = replace(whole, provisional=True)
    does = (
        "bars = view.panel(['SPY']); import json;"
        "raise UndecidedError(json.dumps([bars.open[2].tolist(), bars.raw_close[2].tolist(),"
        "str(bars.close[3, 0]), bars.blocked[5].tolist(), bars.provisional, bars.high]))"
    )

    outcome = runner.run(load(does), view(59, whole))

    expected = '[[105.0, 107.0], [212.0, 216.0], "nan", [false, true], true, null]'
    assert outcome == Undecided(reason=expected)


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ("1 / 0", "raised ZeroDivisionError: division by zero"),
        ("raise Mute", "raised Mute"),
        ("sys.exit(3)", "raised SystemExit: 3"),
        ("raise ValueError('two\\nlines')", "raised ValueError: two lines"),
        ("raise ValueError('x' * 9_000_000)", "raised ValueError: " + "x" * 200),
        ("view.close('QQQ')", "raised InvalidValueError: QQQ is not in view: declare it in the"),
        ("view.close('SPY')[-1] = 1", "raised ValueError: assignment destination is read-only"),
        ("x = np.ones(1 << 36)", "raised MemoryError: Unable to allocate"),
        ("hold = None", "returned NoneType, not a TargetPortfolio"),
        ("hold = TargetPortfolio.of({'SPY': float('nan')})", "raised InvalidValueError"),
        ("hold = TargetPortfolio.of({'SPY': float('inf')})", "raised InvalidValueError"),
        ("hold = TargetPortfolio.of({'SPY': -0.5})", "raised InvalidValueError: the weight of SPY"),
        ("hold = TargetPortfolio.of({'SPY': 0.7, 'AGG': 0.4})", "raised InvalidValueError: the we"),
        ("hold = TargetPortfolio.of({'spy': 1})", "raised InvalidValueError: 'spy' is not a tick"),
        ("hold = TargetPortfolio.of({'QQQ': 1})", "wants QQQ, which its requirements do not name"),
        ("object.__setattr__(hold, 'weights', 7)", "returned a TargetPortfolio that was tampered"),
        (
            "object.__setattr__(hold, 'weights', (('SPY', 0.5),))",
            "returned a TargetPortfolio that was tampered with (InvalidValueError: its weights are",
        ),
        (
            "object.__setattr__(hold, 'weights', (('SPY', Decimal('NaN')),))",
            "returned a TargetPortfolio that was tampered with (InvalidValueError: the weight of",
        ),
        (
            "object.__setattr__(hold, 'weights', (('SPY', Decimal(1)), ('SPY', Decimal(1))))",
            "returned a TargetPortfolio that was tampered with (InvalidValueError: the symbols of",
        ),
        ("os._exit(3)", "ended its own process (exit code 3)"),
        ("raise Custom", "ended its own process (exit code 1)"),
        ("import ctypes; ctypes.string_at(0)", "raised PermissionError: a strategy may not call"),
        ("signal.raise_signal(signal.SIGSEGV)", "ended its own process (SIGSEGV)"),
        ("os.closerange(3, 99)", "ended its own process"),
        ("socket.socket()", "raised PermissionError: a strategy may not connect to anything"),
        ("socket.getaddrinfo('localhost', 1)", "raised PermissionError: a strategy may not conn"),
        ("subprocess.run(['true'])", "raised PermissionError: a strategy may not start a process"),
        ("os.fork()", "raised PermissionError: a strategy may not start a process"),
        ("os.kill(os.getppid(), 9)", "raised PermissionError: a strategy may not signal a process"),
        ("open('x', 'w')", "raised PermissionError: a strategy may not write or change files"),
        ("os.remove('x')", "raised PermissionError: a strategy may not write or change files"),
        ("open('/etc/hosts')", "raised PermissionError: a strategy may not read files while it"),
    ],
)
def test_whatever_goes_wrong_is_a_failure_that_names_strategy_and_remedy(
    runner: IsolatedRunner, load: Load, does: str, expected: str
) -> None:
    """RS-17, L01, L03, L04, L06."""
    assert complaint(runner.run(load(does), view())).startswith(expected)


def test_a_strategy_that_cannot_decide_is_undecided(runner: IsolatedRunner, load: Load) -> None:
    does = "raise UndecidedError('SPY is\\n' + chr(0xd800) + ' too \\x1b[31m young')"

    assert runner.run(load(does), view()) == Undecided(reason="SPY is too [31m young")


def test_a_strategy_that_hangs_is_stopped_in_time_and_asked_afresh_the_next_session(
    runner: IsolatedRunner, load: Load
) -> None:
    """RS-17, L02."""
    strategy = load("while len(view.sessions) == 60: pass", limit=1)
    assert runner.run(strategy, view(58)) == SPY
    before = time.monotonic()

    outcome = runner.run(strategy, view(59))

    assert complaint(outcome) == "did not answer within 1 s and was stopped"
    assert 0.9 < time.monotonic() - before < 5
    assert children() == []
    later = replace(panel(61), sessions=DAYS[:61])
    assert runner.run(strategy, view(60, later)) == SPY


def test_a_strategy_that_dies_is_built_afresh_the_next_session(
    runner: IsolatedRunner, load: Load
) -> None:
    strategy = load("len(view.sessions) == 59 and os._exit(0); assert self.calls == 1")

    first, second = (runner.run(strategy, view(row)) for row in (58, 59))

    assert complaint(first) == "ended its own process (exit code 0)"
    assert second == SPY


@pytest.mark.parametrize(
    "changes",
    [
        "bars = view.close('SPY').base; bars.flags.writeable = True; bars[0, 0] = 7",
        "bars = view.panel(()).volume.base; bars.flags.writeable = True; bars[5] *= 2",
        (
            "bars = view.close('SPY').base; bars.flags.writeable = True;"
            "np.lib.stride_tricks.as_strided(bars, (5,), (8,))[:] = float('nan')"
        ),
    ],
)
def test_a_strategy_that_changes_its_input_fails_and_the_next_sees_true_bars(
    runner: IsolatedRunner, load: Load, changes: str
) -> None:
    """L07."""
    strategy = load(
        f"if len(view.sessions) == 59:\n    {changes}\n"
        "hold = TargetPortfolio.of({'SPY': Decimal(str(view.close('AGG')[0])) / 1000})"
    )

    assert complaint(runner.run(strategy, view(58))) == "changed the bars that it was shown"
    expected = Decided(target=TargetPortfolio.of({"SPY": Decimal("0.1")}))
    assert runner.run(strategy, view(59)) == expected


def test_the_process_sees_nothing_of_the_owners_environment(
    runner: IsolatedRunner, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALCHEMISER_ALPACA_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "HOME"):
        monkeypatch.setenv(name, WORD)

    outcome = runner.run(load("raise UndecidedError(','.join(sorted(os.environ)))"), view())

    assert isinstance(outcome, Undecided)
    assert set(outcome.reason.split(",")) <= {
        *child_module.FIXED,
        *library_places(),
        "PYTHONPATH",
        "LC_CTYPE",
    }
    does = f"assert {WORD!r}.encode() not in Path('/proc/self/environ').read_bytes()"
    assert runner.run(load(built=does), view()) == SPY


def test_what_a_plugin_prints_or_writes_into_the_pipe_is_no_answer(
    runner: IsolatedRunner, load: Load
) -> None:
    printed = load("print('x' * 100_000); os.write(1, b'y'); os.write(2, b'z')")
    assert runner.run(printed, view()) == SPY
    forged = (
        "import json, struct\n"
        "text = json.dumps({'weights': [['SPY', '0.5']], 'number': 99}).encode()\n"
        "for pipe in range(3, 9):\n"
        "    try: os.write(pipe, struct.pack('>Q', len(text)) + text)\n"
        "    except OSError: pass"
    )
    assert complaint(runner.run(load(forged), view())) == (
        "answered with something that is no answer"
    )
    flood = forged.replace("len(text)) + text", "1 << 40)")
    assert complaint(runner.run(load(flood), view())) == "answered with more than 1048576 bytes"


def test_no_later_bar_exists_in_the_process(runner: IsolatedRunner, load: Load) -> None:
    """BT-02: the bars grow from question to question; a process that saw more is replaced."""
    does = (
        "import gc\n"
        "panels = [one for one in gc.get_objects() if type(one).__name__ == 'BarPanel']\n"
        "bases = [one.volume if one.volume.base is None else one.volume.base for one in panels]\n"
        "seen = max(float(np.nanmax(one)) for one in bases)\n"
        "bars = view.panel(()).volume\n"
        "assert panels and seen == float(bars[-1, -1]), (seen, bars[-1, -1])\n"
        "self.kept.append(view)\n"
        "raise UndecidedError(str(len(self.kept)))"
    )
    strategy = load(does)

    kept = [
        outcome.reason
        for row in (20, 21, 22, 50, 21, 22)
        if isinstance(outcome := runner.run(strategy, view(row)), Undecided)
    ]

    assert kept == ["1", "2", "3", "4", "1", "2"]


def test_bars_that_were_corrected_are_sent_again_and_kept_arrays_stay_as_they_were(
    runner: IsolatedRunner, load: Load
) -> None:
    """A provisional bar gives way to the bar of the session that has closed."""
    strategy = load(
        "self.kept.append(view.close('SPY'));"
        "raise UndecidedError(' '.join(str(float(one[30])) for one in self.kept))"
    )
    corrected = PANEL.close.copy()
    corrected[30, 2] = 7.0

    first = runner.run(strategy, view(30))
    second = runner.run(strategy, view(31, panel(close=corrected)))

    assert first == Undecided(reason="192.0")
    assert second == Undecided(reason="192.0 7.0")


def test_a_plugin_that_was_changed_behind_the_engines_back_is_not_run(
    runner: IsolatedRunner, load: Load, site: Path
) -> None:
    """ST-02: a process that is started later runs what was loaded, or nothing."""
    strategy = load()
    with (site / "plug_odd" / "__init__.py").open("a") as source:
        source.write("\n# changed\n")

    assert "cannot be built in its own process" in complaint(runner.run(strategy, view()))
    assert "find out what changed" in complaint(runner.run(strategy, view()))


def test_a_strategy_that_cannot_be_built_there_fails(runner: IsolatedRunner, load: Load) -> None:
    built = "assert os.getenv('PATH') is not None, 'no path'"

    assert "no path" in complaint(runner.run(load(built=built), view()))


def test_a_process_that_cannot_be_started_is_a_failure(
    runner: IsolatedRunner, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    strategy = load()
    monkeypatch.setattr("subprocess.Popen", full)

    expected = "has no process to run in (Resource temporarily unavailable)"
    assert complaint(runner.run(strategy, view())) == expected


def test_a_thousand_decisions_leave_no_process_and_no_open_file_behind(
    runner: IsolatedRunner, load: Load
) -> None:
    whole = panel(1_100)
    steady, mortal = load(), replace(load("os._exit(0)"), strategy_id=StrategyId("mortal"))
    runner.run(steady, view(0, whole))
    before = len(list(Path("/proc/self/fd").iterdir()))

    for row in range(1, 1_001):
        assert runner.run(steady, view(row, whole)) == SPY
        if row % 250 == 0:
            assert isinstance(runner.run(mortal, view(row, whole)), Failed)

    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert len(children()) == 1
    runner.close()
    assert children() == []


def test_processes_end_with_their_runner(load: Load) -> None:
    runner = IsolatedRunner(library_places(), stopwatch())
    runner.run(load(), view())
    assert len(children()) == 1

    del runner

    assert children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a busy child with its parent")
def test_a_strategy_that_hangs_dies_with_an_engine_that_is_killed(load: Load) -> None:
    correspondent = Correspondent(load("while True: pass").wanted, {}, stopwatch(), 1 << 32)
    owner = os.fork()
    if owner == 0:
        try:
            correspondent.decide(view(), [Symbol("SPY")])
        finally:
            os._exit(0)
    hanging = _first_child(owner)

    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)

    deadline = time.monotonic() + 10
    while Path(f"/proc/{hanging}").exists() and "Z" not in _state(hanging):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _first_child(owner: int) -> int:
    deadline = time.monotonic() + 20
    place = Path(f"/proc/{owner}/task/{owner}/children")
    while not (found := place.read_text().split()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1.5)  # until it hangs in the decision
    return int(found[0])


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_an_object_that_was_put_in_by_hand_runs_in_this_process(runner: IsolatedRunner) -> None:
    class Here:
        requirements = Requirements(((Symbol("SPY"), 1),))
        largest_weights: Mapping[AssetClass, Decimal] = {}

        def target(self, _: MarketView) -> TargetPortfolio:
            return TargetPortfolio.of({"SPY": 1})

    enabled = EnabledStrategy(
        strategy_id=StrategyId("here"),
        weight=Decimal(1),
        strategy=Here(),
        content_hash="",
    )

    assert runner.run(enabled, view()) == SPY
    assert children() == []


def named(name: str, loaded: LoadedStrategy) -> LoadedStrategy:
    """Return a strategy under another name."""
    return replace(loaded, strategy_id=StrategyId(name))


def test_strategies_answer_in_their_order_whatever_the_others_do(
    runner: IsolatedRunner, load: Load
) -> None:
    """CC-05, CC-08: the slow, the quick and the one that hangs."""
    slow = named("slow", load("time.sleep(0.3); hold = TargetPortfolio.of({'AGG': 1})"))
    hangs = named("hangs", load("time.sleep(60)", limit=1))

    answers = runner.run_all((slow, hangs, named("quick", load())), view())

    assert answers[::2] == (Decided(target=TargetPortfolio.of({"AGG": 1})), SPY)
    assert complaint(answers[1]) == "did not answer within 1 s and was stopped"
    # A process lives on when the question is answered, whoever asked it.
    assert runner.run_all((slow,), view()) == answers[:1]


def test_strategies_are_asked_at_the_same_time(
    runner: IsolatedRunner, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CC-08: each goes on only when the other is being asked as well."""
    both = Barrier(2, timeout=30)

    def decide(*_: object) -> Decided:
        both.wait()
        return SPY

    monkeypatch.setattr(Correspondent, "decide", decide)

    assert runner.run_all((named("a", load()), named("b", load())), view()) == (SPY, SPY)
    assert runner.run_all((), view()) == ()
