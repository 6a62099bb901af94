"""Worlds for research: one past, and many variants of portfolios in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alchemiser.application.backtest import BacktestSetup
from alchemiser.application.engine import EnabledStrategy
from alchemiser.application.fast import grounds_for
from alchemiser.application.research.sweep import Plan
from alchemiser.application.research.trials import Strategies, World
from alchemiser.application.research.variants import Variant, subsets
from alchemiser.container.assembly import code_hash, today
from alchemiser.container.kernels import build_kernels
from alchemiser.container.parts import Parts
from alchemiser.container.research import Chosen, build_backtest
from alchemiser.domain.research.grid import Axis, Point, grid
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.executor import ExecutorPort
from alchemiser.ports.finished_work import FinishedWorkPort
from alchemiser.ports.strategy_runner import StrategyRunnerPort
from alchemiser.ports.strategy_source import StrategySourcePort
from alchemiser.settings import Settings

Fresh = Callable[[Strategies], BacktestSetup]
"""Makes a world that nothing was run in yet, for other strategies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Say what is to be tried.

    Attributes:
        strategies: Strategies and their weights, as for a backtest.
        axes: Their parameters that vary.
        sets: Whether every set of some of the strategies is tried.
        data: A folder or file of bars; None takes the settings' data.
        period: First and last session; None takes the data's own.
        risk: A file whose table `[risk]` is applied instead.
        by: What one is chosen by.
    """

    strategies: Chosen
    axes: tuple[Axis, ...] = ()
    sets: bool = False
    data: Path | None = None
    period: tuple[date | None, date | None] = (None, None)
    risk: Path | None = None
    by: str = "sharpe"


def build_plan(
    settings: Settings | None,
    asked: Asked,
    executor: ExecutorPort,
    kept: FinishedWorkPort | None,
    tell: Callable[[], None],
) -> tuple[Plan, Fresh]:
    """Return what is tried, and what makes worlds to run the best of it in.

    Args:
        settings: The owner's, or None.
        asked: What is to be tried.
        executor: Who does it.
        kept: Where outcomes are kept, or None.
        tell: Told before the fast engine is compiled; a function of a module.

    Raises:
        SettingsError: When no strategy is named, an axis has no strategy, or the settings ask for
            what only the exact engine does.
        InvalidValueError: When a parameter varies twice, or there are too many combinations.
        PluginError: When a strategy cannot be loaded with its parameters.
        InputError: When the data break their contract.
    """

    def made() -> BacktestSetup:
        return build_backtest(
            settings, asked.strategies, data=asked.data, period=asked.period, risk=asked.risk
        )

    def fresh(strategies: Strategies) -> BacktestSetup:
        return _holding(made(), strategies)

    setup = made()
    source = Parts(settings=settings or Settings(), day=today(), code=code_hash()).source()
    variants = _variants(setup.engine.strategies, asked, source)
    every = tuple(one for variant in variants for one in variant.strategies)
    kernels = build_kernels(tell, len(variants))
    setup = replace(_holding(setup, every), kernels=kernels)
    grounds, evaluator = grounds_for(setup)
    if kernels is not None:
        # Here, so that workers find it compiled instead of compiling it all at once.
        books = max(len(one.strategies) for one in variants)
        kernels.kernel_for(grounds.prices.size * books)
        kernels.loops_for(grounds.prices.size * books)
    plan = Plan(
        setup=setup,
        world=World(grounds=grounds, runner=strategy_runner),
        evaluator=evaluator,
        variants=variants,
        axes=() if asked.sets else asked.axes,  # sets do not lie on a surface
        by=asked.by,
        executor=executor,
        kept=kept,
    )
    return plan, fresh


def _holding(setup: BacktestSetup, strategies: Strategies) -> BacktestSetup:
    return replace(setup, engine=replace(setup.engine, strategies=strategies))


def strategy_runner() -> StrategyRunnerPort:
    """Return what runs strategies that are code, in whichever process asks."""
    return Parts(settings=Settings(), day=today(), code=code_hash()).runner()


def _variants(chosen: Strategies, asked: Asked, source: StrategySourcePort) -> tuple[Variant, ...]:
    known = {one.strategy_id for one in chosen}
    lost = next((axis for axis in asked.axes if axis.strategy not in known), None)
    if lost is not None:
        msg = (
            f"--param {lost.label} names a strategy that is not run: add --strategy "
            f"{lost.strategy}, or name one of {', '.join(sorted(known))}."
        )
        raise SettingsError(msg)
    variants = [
        Variant(label=str(point), strategies=_with(chosen, point, source), point=point)
        for point in grid(asked.axes)
    ]
    if not asked.sets:
        return tuple(variants)
    found: dict[str, Variant] = {}
    for variant in variants:
        for one in subsets(variant.strategies):
            point = variant.point.among({held.strategy_id for held in one.strategies})
            label = f"{one.label}; {point}" if point.values else one.label
            found.setdefault(one.key(), replace(one, label=label, point=point))
    return tuple(found.values())


def _with(
    chosen: Sequence[EnabledStrategy], point: Point, source: StrategySourcePort
) -> Strategies:
    """Return `chosen` with the parameters of `point`."""
    changed = []
    for one in chosen:
        values, wanted = point.of(one.strategy_id), one.wanted
        if values and wanted is not None:
            params = {**wanted.params, **values}
            [loaded] = source.load([replace(wanted, params=params, content_hash=None)])
            changed.append(
                replace(
                    one,
                    strategy=loaded.strategy,
                    content_hash=loaded.content_hash,
                    wanted=loaded.wanted,
                )
            )
        else:
            changed.append(one)
    return tuple(changed)
