"""What a certification needs: a candidate in processes of its own, and a bench to try it on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alchemiser.application.certification.bench import Bench
from alchemiser.container.adapters import adapter
from alchemiser.container.assembly import UNBEGUN, code_hash, today
from alchemiser.container.parts import Parts, wanted_strategy
from alchemiser.domain.rules.strategy import RuleStrategy
from alchemiser.domain.values.identifiers import StrategyId
from alchemiser.ports.candidate import CandidatePort
from alchemiser.ports.certificates import CertificatesPort
from alchemiser.ports.strategy_source import WantedStrategy
from alchemiser.settings import Settings

CUTS: Final = 1_000
SEED: Final = 7
Candidate = str | Path | RuleStrategy
"""A name in the configuration or of an installed strategy, a module's path, or a tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thoroughness:
    """Say how, and on what, a candidate is tried.

    Attributes:
        cuts: At how many random sessions, at least 1.
        seed: What determines every draw.
        data: The owner's bars; made-up ones when it is None.
    """

    cuts: int = CUTS
    seed: int = SEED
    data: Path | None = None


def build_certification(
    settings: Settings | None, candidate: Candidate, how: Thoroughness, *, strategy: str = ""
) -> tuple[CandidatePort, Bench]:
    """Return the candidate and the bench.

    Args:
        settings: The owner's, in which the candidate may have parameters.
        candidate: What is tried.
        how: How thoroughly.
        strategy: Which of the strategies that a module offers; "" for its only one.

    Raises:
        PluginError: When there is no such candidate.
    """
    base = settings or Settings()
    data = base.for_research({}, how.data)
    parts = Parts(settings=data, day=today(), code=code_hash(), start=UNBEGUN)
    bench = Bench(
        chance=adapter("synthetic.chance.Chance")(how.seed),
        seed=how.seed,
        cuts=how.cuts,
        calendar=parts.calendar(),
        reference=parts.reference(),
        market=None if how.data is None else parts.market(),
        today=today(),
        stopwatch=adapter("system.clock.stopwatch")(),
    )
    return _candidate(base, candidate, parts, strategy), bench


def build_certificates(settings: Settings | None) -> CertificatesPort:
    """Return the certificates beside the configuration, or of the working folder without one."""
    folder = (settings or Settings()).folder() / "certificates"
    found: CertificatesPort = adapter("certificates.folder.CertificateFolder")(folder)
    return found


def _candidate(base: Settings, candidate: Candidate, parts: Parts, strategy: str) -> CandidatePort:
    """Return what is tried.

    Raises:
        PluginError: When there is no such thing.
    """
    found: CandidatePort
    if isinstance(candidate, RuleStrategy):
        found = adapter("memory.candidate.TreeCandidate")(candidate)
        return found
    module = candidate if isinstance(candidate, Path) else None
    if isinstance(candidate, str) and candidate in base.strategies:
        wanted = wanted_strategy(base, candidate)
    else:
        name = candidate if isinstance(candidate, str) else strategy
        plugin = "" if module is not None else parts.source().offering(name)
        wanted = WantedStrategy(
            strategy_id=StrategyId("candidate"), plugin=plugin, strategy=name, params={}
        )
    found = adapter("plugin_loader.certifying.candidate.PluginCandidate")(
        wanted,
        module,
        adapter("system.environment.library_places")(),
        adapter("system.clock.stopwatch")(),
    )
    return found
