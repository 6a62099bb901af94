"""`strategy enable`, `disable` and `weight`."""

from decimal import Decimal, InvalidOperation

from alchemiser.application.owner import Owner, StrategyChange
from alchemiser.container import build_offline
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.domain.values.numbers import plain
from alchemiser.entrypoints.cli.commands.desk import actor
from alchemiser.entrypoints.cli.commands.shared import answer, settings
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import REFUSED, warn


def enable(common: Common, name: str, reason: str) -> int:
    """Have a strategy asked again."""
    return _told(common, _owner(common, reason).enable(StrategyId(name)))


def disable(common: Common, name: str, leaving: bool, reason: str) -> int:  # noqa: FBT001 - an option
    """Have a strategy not asked."""
    return _told(common, _owner(common, reason).disable(StrategyId(name), leaving=leaving))


def weight(common: Common, name: str, share: str, reason: str) -> int:
    """Bring a strategy's book to a weight.

    Raises:
        SettingsError: When `share` is no number.
    """
    try:
        number = Decimal(share)
    except InvalidOperation as error:
        msg = f"{share!r} is no weight: write a fraction above 0 and at most 1, such as 0.3."
        raise SettingsError(msg) from error
    return _told(common, _owner(common, reason).weigh(StrategyId(name), number))


def _owner(common: Common, reason: str) -> Owner:
    chosen = settings(common)
    configured = {StrategyId(name): row.weight for name, row in chosen.strategies.items()}
    return Owner(build_offline(chosen), configured, actor=actor(), reason=reason)


def _told(common: Common, change: StrategyChange) -> int:
    document: dict[str, object] = {
        "strategy": change.strategy,
        "enabled": change.enabled,
        "weight": change.weight,
        "leaving": change.leaving,
        "reweigh": change.reweigh,
        "reason": change.reason,
        "refused": change.refused,
    }
    answer(common, document, lambda console: console.print(_sentence(change), soft_wrap=True))
    if change.refused:
        warn(change.reason)
    return REFUSED if change.refused else 0


def _sentence(change: StrategyChange) -> str:
    name = change.strategy
    if change.leaving:
        return f"{name} is disabled; its book is sold at the next session."
    if not change.enabled:
        return f"{name} is disabled; its book stays as it is."
    share = "" if change.weight is None else f" with weight {plain(change.weight)}"
    then = "; its book is brought to it at the next session" if change.reweigh else ""
    return f"{name} is enabled{share}{then}."
