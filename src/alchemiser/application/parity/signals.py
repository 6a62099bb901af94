"""Whether strategies wanted live what they want in the shadow, and if not, why."""

from collections.abc import Iterator, Mapping

from alchemiser.application.engine import EnabledStrategy, Identity
from alchemiser.application.parity.report import Reason, SignalDifference
from alchemiser.application.parity.shadow import DECIDED, Answer, Answers, Chain
from alchemiser.domain.journal.cycle_state import CycleState, StrategyAnswer
from alchemiser.domain.journal.records import (
    CycleStarted,
    StrategyFailed,
    StrategyUndecided,
    TargetDecided,
)
from alchemiser.domain.values.identifiers import StrategyId


def recorded_answers(cycle: CycleState) -> dict[StrategyId, Answer]:
    """Return what each strategy answered by the records."""
    return {name: _answer(one) for name, one in cycle.answers.items()}


def signal_differences(
    cycle: CycleState, chain: Chain, identity: Identity, strategies: tuple[EnabledStrategy, ...]
) -> Iterator[SignalDifference]:
    """Yield each strategy whose signal differs, with every step that changes it; by strategy.

    Args:
        cycle: What the records say of the session, with answers.
        chain: Its worlds.
        identity: What is running now.
        strategies: What is configured now.
    """
    live = recorded_answers(cycle)
    plugins = {one.strategy_id: one.content_hash for one in strategies}
    for name in sorted({*live, *chain.shadow.answers}):
        ours, theirs = live.get(name), chain.shadow.answers.get(name)
        if ours is not None and ours.is_as(theirs):
            continue
        reasons = list(_reasons(name, chain))
        last = chain.restricted.answers.get(name)
        if ours is None or not ours.is_as(last):
            reasons += _of_record(name, ours, cycle.started, identity, plugins)
        yield SignalDifference(
            session=cycle.started.session,
            strategy=name,
            reasons=tuple(reasons),
            live=ours,
            shadow=theirs,
        )


def _reasons(name: StrategyId, chain: Chain) -> Iterator[Reason]:
    """Yield the steps from the shadow to the record's inputs that change the signal."""
    worlds = (
        (Reason.DATA_REVISION, chain.shadow.answers, chain.recorded_bars.answers),
        (Reason.TIMING, chain.recorded_bars.answers, chain.recorded_prices.answers),
        (Reason.RESTRICTION, chain.recorded_prices.answers, chain.restricted.answers),
    )
    return (reason for reason, one, other in worlds if _differ(one, other, name))


def _differ(one: Answers, other: Answers, name: StrategyId) -> bool:
    before = one.get(name)
    return before is not None and not before.is_as(other.get(name))


def _of_record(
    name: StrategyId,
    live: Answer | None,
    started: CycleStarted,
    identity: Identity,
    plugins: Mapping[StrategyId, str],
) -> list[Reason]:
    """Return why the record differs from the same decision made again on its own inputs."""
    then = dict(started.plugins)
    found = [
        (live is not None and live.state != DECIDED, Reason.FAILURE),
        (started.configuration != identity.configuration, Reason.CONFIGURATION),
        (started.code != identity.code, Reason.CODE),
        (then.get(name) != plugins.get(name), Reason.PLUGIN),
    ]
    return [reason for holds, reason in found if holds] or [Reason.UNEXPLAINED]


def _answer(record: StrategyAnswer) -> Answer:
    match record:
        case TargetDecided(weights=weights):
            return Answer(state=DECIDED, weights=dict(weights))
        case StrategyUndecided(reason=reason):
            return Answer(state="undecided", weights={}, reason=reason)
        case StrategyFailed(reason=reason):
            return Answer(state="failed", weights={}, reason=reason)
