"""Checks before anything is at stake: each has a name, and each says what to do."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from alchemiser.application.engine import EnabledStrategy, Engine, Mode
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.capital import MULTIPLES
from alchemiser.domain.risk.limits import OverLimit, RiskLimits
from alchemiser.domain.risk.loosening import NOBODY, UNSET
from alchemiser.domain.values.errors import AlchemiserError, SettingsError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.numbers import ONE, plain
from alchemiser.ports.notifier import Alert, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Look at one thing.

    Attributes:
        id: The check's stable name.
        look: Returns what was found in one sentence, or raises what is wrong and how to mend it.
    """

    id: str
    look: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Tell how one look went."""

    id: str
    ok: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Tell how all of them went."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(check.ok for check in self.checks)


def preflight(probes: Sequence[Probe]) -> Preflight:
    """Look at everything, whatever is wrong on the way."""
    return Preflight(checks=tuple(_check(probe) for probe in probes))


def _check(probe: Probe) -> Check:
    try:
        return Check(id=probe.id, ok=True, message=probe.look())
    except AlchemiserError as error:
        return Check(id=probe.id, ok=False, message=str(error))


def standing_alerts(engine: Engine) -> Iterator[Alert]:
    """Yield what the owner should know before trading starts: the limits and what they clip."""
    text = effective(engine.policy.limits, engine.policy.breakers)
    yield Alert(severity=Severity.INFO, code="risk_limits", text=text)
    for text in uncertified(engine.strategies):
        yield Alert(severity=Severity.WARNING, code="uncertified", text=text)
    for enabled in engine.strategies:
        for text in declared_excess(enabled, engine.policy.limits):
            yield Alert(severity=Severity.WARNING, code="declared_above_limit", text=text)


def uncertified(strategies: Iterable[EnabledStrategy]) -> Iterator[str]:
    """Yield a sentence for each strategy without a certificate of its present content."""
    for enabled in strategies:
        if not enabled.certified:
            name = enabled.strategy_id
            yield f"{name} is not certified as it is now: run `alchemiser certify {name}`."


def check_certified(mode: Mode, strategies: Iterable[EnabledStrategy]) -> None:
    """Refuse to trade live what is not certified; simulated and paper trading are warned.

    Raises:
        SettingsError: When a strategy has no certificate and `mode` is live.
    """
    missing = list(uncertified(strategies))
    if mode is Mode.LIVE and missing:
        raise SettingsError(" ".join(missing))


def declared_excess(enabled: EnabledStrategy, limits: RiskLimits) -> Iterator[str]:
    """Yield a sentence for each limit that what a strategy declares may go beyond.

    Only what is certain is told: a fund counts with the smallest multiple that its class has.
    """
    outcome = _OUTCOMES[limits.over_limit]
    for kind, largest in sorted(enabled.strategy.largest_weights.items()):
        wanted = largest * enabled.weight
        for table, key, limit, multiple in _bounds(kind, limits):
            if limit is not None and wanted * multiple > limit:
                yield (
                    f"{enabled.strategy_id} may want {plain(wanted)} of the account in one "
                    f"{kind}, the limit is {limit:f}: orders will be {outcome}; to allow it, write "
                    f"{key} = {plain(wanted * multiple)} under [{table}]."
                )


_OUTCOMES: Final = {OverLimit.CLIP: "clipped", OverLimit.REFUSE: "refused"}
_Bound = tuple[str, str, Decimal | None, Decimal]


def _bounds(kind: AssetClass, limits: RiskLimits) -> tuple[_Bound, ...]:
    """Return the limits on one position of a class: table, key, limit and what a share counts."""
    least = min(abs(multiple) for multiple in MULTIPLES[kind])
    position, together = limits.max_position, limits.max_asset_class
    return (
        ("risk.max_position", kind, None if position is None else position[kind], ONE),
        ("risk.max_asset_class", kind, None if together is None else together[kind], ONE),
        ("risk", "max_leverage", limits.max_leverage, ONE),
        ("risk", "max_gross_exposure", limits.max_gross_exposure, least),
    )


def check_declared(mode: Mode, strategies: Iterable[EnabledStrategy], limits: RiskLimits) -> None:
    """Refuse to trade live what may want more than is allowed; elsewhere that is warned of.

    Raises:
        SettingsError: When a strategy declares more than a limit allows and `mode` is live.
    """
    excess = [text for enabled in strategies for text in declared_excess(enabled, limits)]
    if mode is Mode.LIVE and excess:
        raise SettingsError(" ".join(excess))


def effective(limits: RiskLimits, breakers: BreakerLimits) -> str:
    """Return every limit and every breaker's threshold in force, in the order of their fields."""
    return ", ".join(f"{name} {value}" for name, value in in_force(limits, breakers))


def in_force(limits: RiskLimits, breakers: BreakerLimits) -> tuple[tuple[str, str], ...]:
    """Return the same as pairs of name and value, as they are recorded."""
    named = (*_values("", limits), *_values("breakers.", breakers))
    return tuple((name, _told(value)) for name, value in named)


def _values(prefix: str, held: RiskLimits | BreakerLimits) -> Iterator[tuple[str, object]]:
    """Yield the name and the value of every field, a table one line a key."""
    for row in fields(held):
        value: object = getattr(held, row.name)
        if isinstance(value, Mapping) and value:
            for key in sorted(value):
                yield f"{prefix}{row.name}.{key}", value[key]
        else:
            yield f"{prefix}{row.name}", value


def _told(value: object) -> str:
    if value is None:
        return UNSET
    if isinstance(value, Mapping | frozenset):
        return " ".join(sorted(value)) or NOBODY
    return plain(value) if isinstance(value, Decimal) else str(value)
