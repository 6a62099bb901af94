"""What a certification found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alchemiser.ports.candidate import CandidateId


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationCheck:
    """Tell how one check went.

    Attributes:
        id: The check's stable name.
        ok: Whether nothing was found.
        message: One sentence: what was found, with session, symbol and values, or what was proved.
        cases: How many questions were asked for it; it ends with the first finding.
    """

    id: str
    ok: bool
    message: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationReport:
    """Tell how all of them went.

    Attributes:
        identity: What was tried.
        tree: SHA-256 of the rule tree, or "" of free-form code.
        cuts: How many random sessions the look-ahead was tried at.
        seed: What determined every draw.
        checks: Every check, in a fixed order.
    """

    identity: CandidateId
    tree: str = ""
    cuts: int
    seed: int
    checks: tuple[CertificationCheck, ...]

    @property
    def certified(self) -> bool:
        """Whether nothing was found."""
        return all(check.ok for check in self.checks)

    def refusals(self) -> tuple[str, ...]:
        """Return the names of the checks that found something."""
        return tuple(check.id for check in self.checks if not check.ok)

    def __str__(self) -> str:
        """Return the verdict and one line a check."""
        one = self.identity
        verdict = "certified" if self.certified else "REFUSED"
        lines = [f"{one.strategy} of {one.plugin} {one.version}".rstrip() + f": {verdict}"]
        lines += [
            f"  {'ok  ' if check.ok else 'FAIL'} {check.id}: {check.message}"
            for check in self.checks
        ]
        return "\n".join(lines)


Progress = Callable[[str, int], None]
"""Told the name of the check under way, and how many questions were asked for it."""


def silent(name: str, cases: int) -> None:
    """Tell nobody."""
    del name, cases


def judged(
    name: str, proved: str, findings: Iterable[str], progress: Progress = silent
) -> CertificationCheck:
    """Return the check `name` after its cases, each of which yields "" or what was found."""
    cases = 0
    for finding in findings:
        cases += 1
        progress(name, cases)
        if finding:
            return CertificationCheck(id=name, ok=False, message=finding, cases=cases)
    return CertificationCheck(id=name, ok=True, message=f"{proved}.", cases=cases)
