"""`controls`."""

from typing import Final

from alchemiser.application.controls.prove import prove
from alchemiser.entrypoints.cli import as_tables
from alchemiser.entrypoints.cli.commands.shared import answer, settings_if_any
from alchemiser.entrypoints.cli.options import Common
from alchemiser.entrypoints.cli.speech import warn
from alchemiser.settings import Settings

FAILED: Final = 1


def controls(common: Common) -> int:
    """Try to break every control and breaker under the owner's limits, and show what follows."""
    risk = (settings_if_any(common) or Settings()).risk
    proofs = prove(risk.limits(), risk.breaker_limits())
    answer(common, {"controls": proofs}, lambda console: as_tables.controls(console, proofs))
    failed = [proof.id for proof in proofs if not proof.proved]
    if not failed:
        return 0
    warn(f"not proved: {', '.join(failed)}; trade nothing until this is understood.")
    return FAILED
