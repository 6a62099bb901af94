"""Running free-form strategies so that they can break no more than their own book."""

import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from alchemiser.adapters.plugin_loader.asking import Broken, asked
from alchemiser.adapters.plugin_loader.containment import Raised, contained
from alchemiser.adapters.plugin_loader.processes.child import Stopwatch
from alchemiser.adapters.plugin_loader.processes.correspondent import Correspondent
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.strategy import Strategy
from alchemiser.ports.strategy_runner import Runnable
from alchemiser.ports.strategy_source import WantedStrategy

MEMORY_MAX: Final = 4 << 30
"""Bytes of address space that a strategy's process may take, where the system can limit it."""

AT_ONCE: Final = 4
"""Strategies that are asked at a time: more would take one another's processors, and the time
limits count seconds of the clock."""


class ContainedRunner:
    """Run a strategy in this process and turn whatever it does into an outcome.

    Implements StrategyRunnerPort for objects that were put in by hand. It cannot stop a strategy
    that hangs: that takes a process.
    """

    def run(self, enabled: Runnable, view: MarketView) -> StrategyOutcome:
        """Return what the strategy wants; whatever it raises or returns wrongly is `Failed`."""
        answer = self._answer(enabled.strategy, view)
        if not isinstance(answer, Broken):
            return answer
        kind = type(enabled.strategy)
        return _failed(answer, f"{kind.__name__} of {kind.__module__.partition('.')[0]}")

    def run_all(self, enabled: Sequence[Runnable], view: MarketView) -> tuple[StrategyOutcome, ...]:
        """Return what each wants, asked one after another."""
        return tuple(self.run(one, view) for one in enabled)

    def close(self) -> None:
        """End nothing: there is no process."""

    def _answer(self, strategy: Strategy, view: MarketView) -> StrategyOutcome | Broken:
        declared = contained(lambda: frozenset(strategy.requirements.symbols()))
        if isinstance(declared, Raised):
            return Broken(f"cannot tell its requirements, but raised {declared}")
        return asked(strategy, view, declared)


class IsolatedRunner:
    """Run each strategy in a process of its own, within its time; implements StrategyRunnerPort.

    A process is kept from session to session and replaced when it fails. An object that was put
    in by hand cannot be built elsewhere, and runs in this process.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        stopwatch: Stopwatch,
        *,
        memory_max: int = MEMORY_MAX,
    ) -> None:
        """Give every process `environment` and nothing else; `stopwatch` tells seconds."""
        self._environment = environment
        self._stopwatch = stopwatch
        self._memory_max = memory_max
        self._running: dict[StrategyId, Correspondent] = {}
        self._in_this_process = ContainedRunner()
        # Its threads stay: a process ends with the thread that has begun it.
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="alchemiser-strategy")
        # The processes end with the runner, or at the latest with the interpreter.
        self._finalizer = weakref.finalize(self, _end, self._running)

    def run(self, enabled: Runnable, view: MarketView) -> StrategyOutcome:
        """Return what `enabled` wants; whatever it raises, returns wrongly or omits is `Failed`."""
        wanted = enabled.wanted
        if wanted is None:
            return self._in_this_process.run(enabled, view)
        declared = enabled.strategy.requirements.symbols()
        answer = self._correspondent(enabled.strategy_id, wanted).decide(view, declared)
        if not isinstance(answer, Broken):
            return answer
        return _failed(answer, f"strategy {wanted.strategy} of plugin {wanted.plugin}")

    def run_all(self, enabled: Sequence[Runnable], view: MarketView) -> tuple[StrategyOutcome, ...]:
        """Return what each wants, in their order, `AT_ONCE` of them asked at a time."""
        apart = [one for one in enabled if one.wanted is not None]
        answers = self._pool.map(lambda one: self.run(one, view), apart)
        told = {one.strategy_id: answer for one, answer in zip(apart, answers, strict=True)}
        return tuple(
            self.run(one, view) if one.wanted is None else told[one.strategy_id] for one in enabled
        )

    def close(self) -> None:
        """End every process that was started; another `run` starts anew."""
        _end(self._running)

    def _correspondent(self, name: StrategyId, wanted: WantedStrategy) -> Correspondent:
        known = self._running.get(name)
        if known is None or known.wanted != wanted:
            if known is not None:
                known.end()
            known = Correspondent(wanted, self._environment, self._stopwatch, self._memory_max)
            self._running[name] = known
        return known


def _end(running: dict[StrategyId, Correspondent]) -> None:
    while running:
        running.popitem()[1].end()


def _failed(answer: Broken, owner: str) -> Failed:
    return Failed(
        reason=(
            f"{owner} {answer.what}: mend the plugin, or take the strategy out of the "
            "configuration."
        )
    )
