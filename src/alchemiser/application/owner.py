"""The owner's changes of strategies between sessions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.domain.journal.allocations import StrategyChanged
from alchemiser.domain.journal.fold import EngineState
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import NO_STRATEGYS, StrategyId
from alchemiser.domain.values.numbers import ONE, WEIGHT, ZERO, is_multiple, plain
from alchemiser.ports.errors import LeaseHeldError

Weights = Mapping[StrategyId, Decimal]
"""What the configuration says, by strategy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChange:
    """What `strategy enable`, `disable` or `weight` did.

    Attributes:
        strategy: Which one.
        enabled: Whether it is asked from now on.
        weight: Its share of the account, or None where it is not configured.
        leaving: Whether its book is sold and given back.
        reweigh: Whether its book is brought to its weight at the next decision.
        reason: One sentence: why it changed, or why the change was refused.
        refused: Whether the change was refused.
    """

    strategy: StrategyId
    enabled: bool
    weight: Decimal | None
    leaving: bool = False
    reweigh: bool = False
    reason: str
    refused: bool = False


class Owner:
    """Change strategies between sessions, under the account's lease."""

    def __init__(self, engine: Engine, configured: Weights, *, actor: str, reason: str) -> None:
        """Speak for `actor`.

        Args:
            engine: An engine for the account, which need not know any strategy.
            configured: Every strategy of the configuration.
            actor: Who changes something.
            reason: Why; it is recorded.

        Raises:
            SettingsError: When the reason is blank.
        """
        if not reason.strip():
            msg = "what is changed needs a reason: add --reason TEXT."
            raise SettingsError(msg)
        self._engine = engine
        self._configured = configured
        self._actor = actor
        self._reason = reason

    def enable(self, name: StrategyId) -> StrategyChange:
        """Have a strategy asked with its weight of the configuration, whatever was changed before.

        Where its book was given up or weighed otherwise, it is brought to that weight.

        Raises:
            SettingsError: When it is not configured, or the weights would sum to more than 1.
            PortUnavailableError: When the journal cannot be used.
        """

        def change(state: EngineState) -> StrategyChanged | None:
            _known(name, self._configured)
            self._fit(name, self._configured[name], state)
            before = state.allocations.changes.get(name)
            if before is None:
                return None
            other = before.weight not in (None, self._configured[name])
            return self._changed(name, enabled=True, reweigh=before.leaving or other)

        return self._record(name, change)

    def disable(self, name: StrategyId, *, leaving: bool) -> StrategyChange:
        """Have a strategy not asked; its book stays as it is, or is sold when `leaving`.

        Raises:
            SettingsError: When it is neither configured nor has a book.
            PortUnavailableError: When the journal cannot be used.
        """

        def change(state: EngineState) -> StrategyChanged:
            _known(name, {*self._configured, *(state.books.keys() - NO_STRATEGYS)})
            before = state.allocations.changes.get(name)
            weight = None if before is None else before.weight
            return self._changed(name, enabled=False, weight=weight, leaving=leaving)

        return self._record(name, change)

    def weigh(self, name: StrategyId, weight: Decimal) -> StrategyChange:
        """Have a strategy's book brought to `weight` of the account at the next decision.

        Raises:
            SettingsError: When it is not configured or disabled, or `weight` cannot be given.
            PortUnavailableError: When the journal cannot be used.
        """
        if not (weight.is_finite() and ZERO < weight <= ONE and is_multiple(weight, WEIGHT)):
            msg = "a weight is above 0 and at most 1, with at most nine decimals, such as 0.3."
            raise SettingsError(msg)

        def change(state: EngineState) -> StrategyChanged:
            _known(name, self._configured)
            self._fit(name, weight, state)
            before = state.allocations.changes.get(name)
            if before is not None and not before.enabled:
                msg = f"{name} is disabled: enable it first with `alchemiser strategy enable`."
                raise SettingsError(msg)
            return self._changed(name, enabled=True, weight=weight, reweigh=True)

        return self._record(name, change)

    def _record(
        self, name: StrategyId, change: Callable[[EngineState], StrategyChanged | None]
    ) -> StrategyChange:
        try:
            with self._engine.lease.hold(self._engine.broker.lease_key()):
                ledger = Ledger(self._engine.journal)
                refused = _under_way(ledger.state)
                record = None if refused else change(ledger.state)
                if record is not None:
                    ledger.record((record,), at=self._engine.clock.now())
                return self._told(name, ledger.state, refused)
        except LeaseHeldError as error:
            return self._told(name, Ledger(self._engine.journal).state, str(error))

    def _told(self, name: StrategyId, state: EngineState, refused: str) -> StrategyChange:
        standing = state.allocations.changes.get(name)
        weight = None if standing is None else standing.weight
        return StrategyChange(
            strategy=name,
            enabled=standing is None or standing.enabled,
            weight=self._configured.get(name) if weight is None else weight,
            leaving=standing is not None and standing.leaving,
            reweigh=name in state.allocations.owed,
            reason=refused or self._reason,
            refused=bool(refused),
        )

    def _changed(
        self,
        name: StrategyId,
        *,
        enabled: bool,
        weight: Decimal | None = None,
        leaving: bool = False,
        reweigh: bool = False,
    ) -> StrategyChanged:
        return StrategyChanged(
            strategy=name,
            enabled=enabled,
            weight=weight,
            leaving=leaving,
            reweigh=reweigh,
            actor=self._actor,
            reason=self._reason,
        )

    def _fit(self, name: StrategyId, weight: Decimal, state: EngineState) -> None:
        """Refuse a weight that the other strategies leave no room for.

        Raises:
            SettingsError: Then.
        """
        weights = dict(self._configured)
        for one, change in state.allocations.changes.items():
            if not change.enabled:
                weights.pop(one, None)
            elif change.weight is not None and one in weights:
                weights[one] = change.weight
        others = sum((share for one, share in weights.items() if one != name), ZERO)
        if others + weight > ONE:
            msg = (
                f"{name} cannot have {plain(weight)} of the account, since the others have "
                f"{plain(others)}: lower one of them first."
            )
            raise SettingsError(msg)


def _known(name: StrategyId, names: Iterable[str]) -> None:
    """Refuse a strategy that is not one of `names`.

    Raises:
        SettingsError: Then.
    """
    known = sorted(names)
    if name not in known:
        told = f"name one of {', '.join(known)}" if known else "none is configured"
        msg = f"there is no strategy {name} here: {told}."
        raise SettingsError(msg)


def _under_way(state: EngineState) -> str:
    """Return why nothing may be changed now, or ""."""
    cycle = state.current
    if cycle is None or cycle.plan is None or cycle.finished is not None:
        return ""
    return (
        f"session {cycle.started.session} is not finished and orders may be in flight: run "
        "`alchemiser run` again, so that they are followed up, and then change strategies."
    )
