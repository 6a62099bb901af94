"""The page of controls is what the code holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.controls.prove import prove
from alchemiser.domain.orders.plan import OnFailure
from alchemiser.domain.risk.breakers import BreakerLimits
from alchemiser.domain.risk.catalogue import ALWAYS, BREAKERS, CONTROLS, Control, Guard
from alchemiser.domain.risk.limits import (
    DEFAULT_MAX_ASSET_CLASS,
    DEFAULT_MAX_POSITION,
    RUNAWAY_CODES,
    RiskCode,
    RiskLimits,
)
from alchemiser.domain.risk.policy import CLASS_POLICIES, MAX_SECTOR
from alchemiser.domain.risk.proxies import GAP_MAX
from alchemiser.domain.values.numbers import plain
from alchemiser.settings import Settings
from alchemiser.settings.risk import Breakers, Risk

HEAD = "| control | refuses | unit | set by | unless set | for |\n|---|---|---|---|---|---|\n"
BREAKERS_HEAD = (
    "| breaker | watches | unit | what follows | set by | unless set | for |\n"
    "|---|---|---|---|---|---|---|\n"
)
CLASSES_HEAD = (
    "| class | one symbol | all together | fall in a crash | deviation of a session |\n"
    "|---|---|---|---|---|\n"
)
RECKONING_HEAD = "| setting | unless set | says |\n|---|---|---|\n"
SECTORS_HEAD = "| sectors | each |\n|---|---|\n"
USUAL = {
    RiskCode.MAX_POSITION: ", ".join(
        f"{kind} {plain(most)}" for kind, most in DEFAULT_MAX_POSITION.items()
    ),
    RiskCode.MAX_ASSET_CLASS: ", ".join(
        f"{kind} {plain(most)}" for kind, most in DEFAULT_MAX_ASSET_CLASS.items()
    ),
    RiskCode.MAX_SECTOR: "by sector, see below",
    RiskCode.RESTRICTED: "none",
    RiskCode.DAY_TRADE: "not known",
    RiskCode.PLAN_FAILURE: OnFailure.GO_ON,
    RiskCode.DEADLINE: "as scheduled",
}


@pytest.fixture(scope="module")
def page(project_root: Path) -> str:
    return (project_root / "docs" / "risk.md").read_text(encoding="utf-8")


def usual(control: Control | Guard) -> str:
    """Return the limit that holds unless the owner writes another."""
    if isinstance(control, Control) and control.code in USUAL:
        return USUAL[control.code]
    if control.key == ALWAYS:
        return "on"
    limits = RiskLimits() if isinstance(control, Control) else BreakerLimits()
    value = getattr(limits, control.key.rpartition(" ")[2])
    return "off" if value is None else str(value)


def row(control: Control) -> str:
    return (
        f"| `{control.code}` | {control.refuses} | {control.unit} | `{control.key}` | "
        f"{usual(control)} | {control.statements} |"
    )


def breaker_row(guard: Guard) -> str:
    return (
        f"| `{guard.code}` | {guard.watches} | {guard.unit} | {guard.follows} | `{guard.key}` | "
        f"{usual(guard)} | {guard.statements} |"
    )


def class_rows() -> Iterable[str]:
    for kind, policy in CLASS_POLICIES.items():
        numbers = (policy.max_position, policy.max_together, policy.crash, policy.deviation)
        yield f"| `{kind}` | {' | '.join(map(plain, numbers))} |"


def sector_rows() -> Iterable[str]:
    by_limit: dict[Decimal, list[str]] = {}
    for sector, limit in MAX_SECTOR.items():
        by_limit.setdefault(limit, []).append(f"`{sector}`")
    for limit in sorted(by_limit, reverse=True):
        yield f"| {', '.join(by_limit[limit])} | {plain(limit)} |"


def reckoning() -> Iterable[str]:
    """Yield what each setting that is no control's key begins its row with; tables have theirs."""
    keys = {control.key.rpartition(" ")[2] for control in (*CONTROLS, *BREAKERS)}
    for table, limits in (("risk", RiskLimits()), ("risk.breakers", BreakerLimits())):
        for one in fields(limits):
            value = getattr(limits, one.name)
            if one.name not in keys and not isinstance(value, Mapping):
                yield f"| `[{table}] {one.name}` | {value} | "


def codes_under(page: str, head: str) -> list[str]:
    """Return the names in the first column of the table under `head`."""
    table = page.partition(head)[2].partition("\n\n")[0]
    return re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        (HEAD, list(map(row, CONTROLS))),
        (BREAKERS_HEAD, list(map(breaker_row, BREAKERS))),
        (CLASSES_HEAD, list(class_rows())),
        (SECTORS_HEAD, list(sector_rows())),
    ],
    ids=["controls", "breakers", "classes", "sectors"],
)
def test_page_has_every_row_of_a_table(head: str, rows: list[str], page: str) -> None:
    """RC-02, RC-16."""
    assert head + "\n".join(rows) + "\n\n" in page


def test_page_has_what_limits_are_reckoned_by(page: str) -> None:
    """RC-02, RC-16: in the order of the code, and nothing else."""
    rows = page.partition(RECKONING_HEAD)[2].partition("\n\n")[0].splitlines()
    begins = list(reckoning())

    assert len(rows) == len(begins) > 0
    assert [row[: len(begin)] for row, begin in zip(rows, begins, strict=True)] == begins


def test_every_proof_is_of_a_control_on_the_page(page: str) -> None:
    """RC-17."""
    proofs = [proof.id for proof in prove(RiskLimits()) if not proof.id.startswith("sound_")]
    breakers = {name.split(".")[1] for name in proofs if name.startswith("breaker.")}
    controls = {
        name.removeprefix("plan.").partition(".")[0]
        for name in proofs
        if not name.startswith("breaker.")
    }

    assert controls == set(codes_under(page, HEAD))
    assert breakers == set(codes_under(page, BREAKERS_HEAD))


def test_every_key_on_the_page_can_be_written(page: str) -> None:
    """RC-16."""
    keys = re.findall(r"`\[(risk(?:\.[a-z_]+)?)\](?: ([a-z_]+))?`", page)

    assert len(set(keys)) >= 30
    for table, name in keys:
        if table == "risk.breakers" and name:
            assert name in Breakers.model_fields
        else:
            assert (name or table.partition(".")[2] or "over_limit") in Risk.model_fields


def test_words_of_the_page_are_those_of_the_code(page: str) -> None:
    """RC-02, OS-09: what sentences say, too."""
    runaway = ", ".join(f"`{code}`" for code in RiskCode if code in RUNAWAY_CODES)

    assert f"Refusals for {runaway} trip `runaway`." in page
    assert f"a gap of up to {GAP_MAX} closes" in page


def test_limits_unless_set_are_those_of_the_settings() -> None:
    """RC-16: what the page says is what an owner without a line gets."""
    assert Settings().risk.limits() == RiskLimits()
    assert Settings().risk.breaker_limits() == BreakerLimits()
