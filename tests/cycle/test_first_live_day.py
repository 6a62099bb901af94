"""Real money for the first time: nothing without a person's word, and little on the first day."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.application.cycle import run_cycle
from alchemiser.application.dry_run import dry_plan
from alchemiser.application.engine import Engine, Mode
from alchemiser.application.going_live import GoneLive, go_live
from alchemiser.application.ledger import Ledger
from alchemiser.application.liquidation import Liquidation
from alchemiser.application.obeying import Obeying
from alchemiser.application.report import CycleReport
from alchemiser.domain.journal.records import CycleStatus
from alchemiser.domain.risk.limits import RiskCode
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.notifier import Alert
from tests.cycle.world import FIRST, SECOND, make_engine, write_bars

CAP = Decimal(1000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_bars(tmp_path / "bars")
    return tmp_path


class Heard:
    """A notifier that remembers."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []

    def notify(self, alert: Alert) -> None:
        self.alerts.append(alert)

    def codes(self) -> list[str]:
        return [alert.code for alert in self.alerts]


def live(home: Path, day: date = FIRST, mode: Mode = Mode.LIVE) -> tuple[Engine, Heard]:
    heard = Heard()
    engine = make_engine(home, day, 1)
    return replace(engine, mode=mode, first_live_order_max=CAP, notifier=heard), heard


def go(engine: Engine, day: date = FIRST) -> CycleReport:
    return asyncio.run(run_cycle(engine, day))


def confirmed(engine: Engine, number: str | None = None) -> GoneLive:
    return go_live(engine, actor="ann", typed=number or engine.broker.account_id())


def largest(report: CycleReport) -> Decimal:
    return max(line.order_qty * line.price for line in report.orders)


def test_nothing_is_traded_live_before_a_person_has_typed_the_accounts_number(home: Path) -> None:
    """FAULTS 5, live by accident: refused as any day is (exit code 3), and nothing is decided."""
    engine, _ = live(home)

    report = go(engine)

    assert (report.status, report.exit_code, report.orders) == (CycleStatus.SKIPPED, 3, ())
    assert "run `alchemiser go-live`" in report.reason
    assert [envelope.type for envelope in engine.journal.read()] == [
        "CycleStarted",
        "CycleFinished",
    ]


def test_the_same_session_is_traded_once_it_is_confirmed_and_no_order_is_large(home: Path) -> None:
    """FAULTS 5: an order cap on the first live day; what it cuts is told."""
    engine, heard = live(home)
    go(engine)

    assert not confirmed(engine).refused
    report = go(engine)

    assert report.exit_code == 0
    assert report.orders
    assert largest(report) <= CAP
    assert {row.code for row in report.limited} == {RiskCode.MAX_ORDER_NOTIONAL}
    (told,) = [alert.text for alert in heard.alerts if alert.code == "first_live_day"]
    assert "no order above 1000 dollars" in told
    assert "[account] first_live_order_max" in told


def test_the_second_live_day_trades_in_full_without_anybodys_word(home: Path) -> None:
    engine, _ = live(home)
    confirmed(engine)
    go(engine)

    later, heard = live(home, SECOND)
    report = go(later, SECOND)

    assert report.exit_code == 0
    assert largest(report) > CAP
    assert "first_live_day" not in heard.codes()


def test_a_day_on_which_nothing_was_sent_was_no_first_live_day(home: Path) -> None:
    """A halted day, and days on paper, use nothing up."""
    engine, _ = live(home)
    confirmed(engine)
    shut = replace(engine, strategies=())
    assert go(shut).status is CycleStatus.SKIPPED

    later, _ = live(home, SECOND)

    assert largest(go(later, SECOND)) <= CAP


@pytest.mark.parametrize("mode", [Mode.SIMULATED, Mode.PAPER])
def test_other_money_needs_no_word_and_has_no_cap(home: Path, mode: Mode) -> None:
    engine, heard = live(home, mode=mode)

    report = go(engine)

    assert report.exit_code == 0
    assert largest(report) > CAP
    assert "first_live_day" not in heard.codes()


def test_a_plan_that_is_only_looked_at_is_cut_alike(home: Path) -> None:
    engine, _ = live(home)

    report = asyncio.run(dry_plan(engine, FIRST))

    assert report.orders
    assert max(row.quantity * row.limit_price for row in report.orders) <= CAP


def test_getting_out_is_never_capped(home: Path) -> None:
    """RC-11: whatever is held on the first live day can be sold in one go."""
    paper, _ = live(home, mode=Mode.PAPER)
    go(paper)
    engine, _ = live(home)
    ledger = Ledger(engine.journal)
    ledger.take_over()

    session = engine.calendar.session(FIRST)
    report = asyncio.run(Liquidation(engine, ledger, Obeying.THE_BRAKE).run(session))

    assert max(fill.last_qty * fill.last_px for fill in report.fills) > CAP
    assert not report.left


def test_a_limit_of_the_owners_that_is_lower_still_holds(home: Path) -> None:
    engine, _ = live(home)
    confirmed(engine)
    limits = replace(engine.policy.limits, max_order_notional=Decimal(300))
    engine = replace(engine, policy=replace(engine.policy, limits=limits))

    assert largest(go(engine)) <= 300


def test_a_number_that_is_not_the_accounts_confirms_nothing(home: Path) -> None:
    engine, _ = live(home)

    for wrong in ("SIM", " ", engine.broker.account_id().lower() + "x"):
        outcome = confirmed(engine, wrong)
        assert outcome.refused
        assert "is not the number" in outcome.sentence()
    assert go(engine).exit_code == 3


def test_what_is_confirmed_stays_confirmed(home: Path) -> None:
    engine, _ = live(home)

    assert "now trades live" in confirmed(engine).sentence()
    assert "already" in confirmed(engine).sentence()
    kinds = [envelope.type for envelope in engine.journal.read()]
    assert kinds == ["LiveConfirmed"]


def test_nothing_but_live_money_is_confirmed(home: Path) -> None:
    engine, _ = live(home, mode=Mode.PAPER)

    with pytest.raises(SettingsError, match='mode = "live"'):
        confirmed(engine)


def test_a_journal_of_another_account_cannot_be_confirmed_for_this_one(home: Path) -> None:
    paper, _ = live(home, mode=Mode.PAPER)
    go(paper)

    class Other:
        """The broker of another account."""

        def account_id(self) -> str:
            return "123456789"

        def lease_key(self) -> str:
            return "other"

    engine, _ = live(home)
    with pytest.raises(SettingsError, match="a journal of its own"):
        confirmed(replace(engine, broker=Other()), "123456789")  # type: ignore[arg-type]


def test_while_an_engine_is_at_work_nothing_is_confirmed(home: Path) -> None:
    engine, _ = live(home)

    with engine.lease.hold(engine.broker.lease_key()):
        outcome = confirmed(engine)

    assert outcome.refused
    assert not Ledger(engine.journal).state.standing.confirmed
