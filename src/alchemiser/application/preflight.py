"""Checks before anything is at stake: each has a name, and each says what to do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.application.engine import EnabledStrategy, Engine, Mode
from alchemiser.domain.risk.limits import RiskLimits
from alchemiser.domain.values.errors import AlchemiserError, SettingsError
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
    yield Alert(severity=Severity.INFO, code="risk_limits", text=_effective(engine.policy.limits))
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
    """Yield a sentence for each asset class of which a strategy may want more than is allowed."""
    for kind, largest in sorted(enabled.strategy.largest_weights.items()):
        wanted = largest * enabled.weight
        limit = None if limits.max_position is None else limits.max_position[kind]
        if limit is not None and wanted > limit:
            yield (
                f"{enabled.strategy_id} may want {wanted.normalize():f} of the account in one "
                f"{kind}, the limit is {limit:f}: orders will be clipped; to allow it, write "
                f"{kind} = {wanted.normalize():f} under [risk.max_position]."
            )


def _effective(limits: RiskLimits) -> str:
    shown: list[tuple[str, Decimal | int | None]] = [
        ("max_gross_exposure", limits.max_gross_exposure),
        ("max_order_quantity", limits.max_order_quantity),
        ("max_order_notional", limits.max_order_notional),
        ("max_order_equity", limits.max_order_equity),
        ("max_orders_per_day", limits.max_orders_per_day),
        ("max_spread", limits.max_spread),
        ("price_collar", limits.price_collar),
        ("quote_age_seconds_max", limits.quote_age_seconds_max),
    ]
    positions = [*(limits.max_position or {}).items(), *limits.max_position_symbol.items()]
    shown += [(f"max_position.{name}", limit) for name, limit in sorted(positions)]
    told = [f"{name} {'off' if limit is None else limit}" for name, limit in shown]
    return ", ".join([*told, f"restricted {' '.join(sorted(limits.restricted)) or 'none'}"])
