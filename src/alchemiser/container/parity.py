"""What compares live with its shadow: the owner's journal and data, and no hand on the account."""

from datetime import timedelta
from typing import Final

from alchemiser.application.parity.compare import ParitySetup
from alchemiser.container.assembly import UNBEGUN, code_hash, today
from alchemiser.container.parts import Parts
from alchemiser.container.proving import is_simulated
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.numbers import CENT
from alchemiser.settings import Settings

_CLOSURE_MAX: Final = timedelta(days=14)


def build_parity(settings: Settings, alpha: float) -> ParitySetup:
    """Return what compares the decisions on record with their shadows; nothing is sent.

    Raises:
        SettingsError: When there is no journal, or no strategy is enabled.
        PluginError: When a strategy cannot be loaded.
        InputError: When data or journal break their contract.
        PortUnavailableError: When a source cannot be reached.
    """
    if not settings.journal_file().exists():
        msg = f"{settings.journal_file()} does not exist: trade a session with `alchemiser run`."
        raise SettingsError(msg)
    if not 0 < alpha < 1:
        msg = f"--alpha lies above 0 and below 1, as 0.01 does; {alpha} does not."
        raise SettingsError(msg)
    parts = Parts(settings=settings, day=today(), code=code_hash(), start=UNBEGUN)
    parts.strategies()
    now = parts.seen_clock().now()
    if not is_simulated(parts):
        parts.clock.override(parts.virtual_clock)
        parts.price_increment.override(CENT)
    parts.leading().check()
    sessions = parts.table().sessions(now.date() - _CLOSURE_MAX, now.date())
    return ParitySetup(
        engine=parts.engine(),
        venue=settings.broker.venue_settings(),
        last=[one.day for one in sessions if one.close_at <= now][-1],
        alpha=alpha,
    )
