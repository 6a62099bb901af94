"""The page of controls is what the code holds."""

import re
from pathlib import Path

from alchemiser.application.controls.prove import prove
from alchemiser.domain.risk.catalogue import ALWAYS, CONTROLS, Control
from alchemiser.domain.risk.limits import DEFAULT_MAX_POSITION, RiskCode, RiskLimits
from alchemiser.domain.values.numbers import plain
from alchemiser.settings import Settings

HEAD = "| control | refuses | unit | set by | unless set | for |\n|---|---|---|---|---|---|\n"


def usual(control: Control) -> str:
    """Return the limit that holds unless the owner writes another."""
    if control.code is RiskCode.MAX_POSITION:
        return ", ".join(f"{kind} {plain(most)}" for kind, most in DEFAULT_MAX_POSITION.items())
    if control.code is RiskCode.DEADLINE:
        return "as scheduled"
    if control.key == ALWAYS:
        return "on"
    value = getattr(RiskLimits(), control.key.rpartition(" ")[2])
    if control.code is RiskCode.RESTRICTED:
        return "none"
    return "off" if value is None else str(value)


def row(control: Control) -> str:
    return (
        f"| `{control.code}` | {control.refuses} | {control.unit} | `{control.key}` | "
        f"{usual(control)} | {control.statements} |"
    )


def test_page_has_a_row_for_every_control(project_root: Path) -> None:
    """RC-16."""
    page = (project_root / "docs" / "risk.md").read_text(encoding="utf-8")

    assert HEAD + "\n".join(map(row, CONTROLS)) + "\n" in page


def test_every_proof_is_of_a_control_on_the_page(project_root: Path) -> None:
    """RC-17."""
    page = (project_root / "docs" / "risk.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    proofs = [proof for proof in prove(RiskLimits()) if not proof.id.startswith("sound_")]

    assert {proof.id.removeprefix("plan.").partition(".")[0] for proof in proofs} == codes


def test_limits_unless_set_are_those_of_the_settings() -> None:
    """RC-16: what the page says is what an owner without a line gets."""
    assert Settings().risk.limits() == RiskLimits()
