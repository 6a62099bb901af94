"""Certification for a plugin's own tests: `assert certify("my-strategy").certified`."""

from pathlib import Path

from alchemiser.application.certification.certify import certify as try_out
from alchemiser.application.certification.report import CertificationReport
from alchemiser.container.certification import (
    CUTS,
    SEED,
    Candidate,
    Thoroughness,
    build_certification,
)


def certify(
    candidate: Candidate,
    *,
    strategy: str = "",
    cuts: int = CUTS,
    seed: int = SEED,
    data: Path | None = None,
) -> CertificationReport:
    """Try a strategy, and return what was found; `str` of it reads well.

    Args:
        candidate: The name of an installed strategy, the path of a module that offers one, or a
            `RuleStrategy`.
        strategy: Which of the strategies of a module; "" for its only one.
        cuts: At how many random sessions the future is changed.
        seed: What determines every draw.
        data: A folder or file of bars; made-up ones when it is None.

    Raises:
        PluginError: When there is no such strategy, or it cannot be built at all.
    """
    how = Thoroughness(cuts=cuts, seed=seed, data=data)
    return try_out(*build_certification(None, candidate, how, strategy=strategy))
