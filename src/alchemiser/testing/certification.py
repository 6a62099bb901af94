"""Certification for a plugin's own tests: `assert certify("my-strategy").certified`."""

import sys
from pathlib import Path
from types import ModuleType

from alchemiser.application.certification.certify import certify as try_out
from alchemiser.application.certification.report import CertificationReport
from alchemiser.container.certification import (
    CUTS,
    SEED,
    Candidate,
    Thoroughness,
    build_certification,
)
from alchemiser.domain.values.errors import PluginError
from alchemiser.ports.strategy import StrategySpec


def certify(
    candidate: Candidate | ModuleType | StrategySpec,
    *,
    strategy: str = "",
    cuts: int = CUTS,
    seed: int = SEED,
    data: Path | None = None,
) -> CertificationReport:
    """Try a strategy, and return what was found; `str` of it reads well.

    Args:
        candidate: The name of an installed strategy, a module that offers one or its path, what it
            offers, or a `RuleStrategy`.
        strategy: Which of the strategies of a module; "" for its only one.
        cuts: At how many random sessions the future is changed.
        seed: What determines every draw.
        data: A folder or file of bars; made-up ones when it is None.

    Raises:
        PluginError: When there is no such strategy, or it cannot be built at all.
    """
    how = Thoroughness(cuts=cuts, seed=seed, data=data)
    if isinstance(candidate, StrategySpec):
        strategy, candidate = candidate.strategy_id, _offering(candidate)
    if isinstance(candidate, ModuleType):
        candidate = _place(candidate)
    return try_out(*build_certification(None, candidate, how, strategy=strategy))


def _offering(spec: StrategySpec) -> ModuleType:
    """Return the module that offers `spec`: where it is built, or a package around that.

    Raises:
        PluginError: When there is none.
    """
    name = spec.build.__module__
    while name:
        if "alchemiser_strategies" in vars(sys.modules[name]):
            return sys.modules[name]
        name = name.rpartition(".")[0]
    msg = f"no module around {spec.build.__module__} offers {spec.strategy_id}: give its path."
    raise PluginError(msg)


def _place(module: ModuleType) -> Path:
    """Return where other processes find `module`.

    Raises:
        PluginError: When it is in no file.
    """
    place = getattr(module, "__file__", None)
    if place is None:
        msg = f"{module.__name__} is in no file: certify the path of a module."
        raise PluginError(msg)
    file = Path(place)
    return file.parent if file.name == "__init__.py" else file
