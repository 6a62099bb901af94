"""The simulated broker holds to the rules of the session's date."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.adapters.sessions.table import SessionTable
from alchemiser.adapters.simulated import SimulatedBroker
from alchemiser.adapters.system.clock import VirtualClock
from alchemiser.domain.orders.account import AccountKind, AccountSnapshot
from alchemiser.domain.orders.messages import Accepted, Rejected, Side, SubmitOutcome
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.ports.errors import InputError
from alchemiser.testing.fakes import approved, quote
from tests.simulated_venue import ENTRY, EXACT, TECL, order, sell, world

NAMES = ("AGG", "GLD", "SPY", "TECL")
PRICE = "100"
CASH = replace(EXACT, kind=AccountKind.CASH)
ORDINARY = date(2025, 1, 2)


@dataclass(kw_only=True)
class Desk:
    """Trade at one broker, session by session, at a price that never moves."""

    broker: SimulatedBroker
    clock: VirtualClock
    sessions: list[date]
    sent: int = 0

    def turn_to(self, day: date) -> None:
        """Go to half an hour before the close of `day`."""
        session = self.broker.calendar.session(day)
        assert session is not None
        self.clock.advance_to(session.close_at - timedelta(minutes=30))

    def send(self, side: Side, name: str, quantity: str, price: str = PRICE) -> SubmitOutcome:
        """Send an order and wait until it must have filled."""
        self.sent += 1
        asked = order(f"o{self.sent}", quantity, price, symbol=Symbol(name), side=side)
        outcome = self.broker.submit(approved(asked))
        self.clock.advance_to(self.clock.now() + timedelta(seconds=4))
        return outcome

    def round_trip(self, name: str, quantity: str = "5") -> str | None:
        """Buy and sell; return why the venue refused to sell."""
        assert isinstance(self.send(Side.BUY, name, quantity), Accepted)
        outcome = self.send(Side.SELL, name, quantity)
        return outcome.code if isinstance(outcome, Rejected) else None

    def account(self) -> AccountSnapshot:
        """Return what the broker says now."""
        return self.broker.account()


@pytest.fixture(params=["memory", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "broker.db" if request.param == "file" else None


def desk(
    folder: Path,
    day: date,
    settings: VenueSettings,
    *,
    path: Path | None = None,
    cash: str = "10000",
) -> Desk:
    """Return a desk on `day`, with bars of ten sessions from then on."""
    calendar = SessionTable()
    sessions = [one.day for one in calendar.sessions(day, day + timedelta(days=20))][:10]
    bars = folder / "bars"
    bars.mkdir(exist_ok=True)
    lines = ["session,close", *(f"{one},{PRICE}" for one in sessions)]
    for name in NAMES:
        (bars / f"{name}.csv").write_text("\n".join(lines) + "\n")
    market = FileMarketData(bars, calendar)
    opening = calendar.session(day)
    assert opening is not None
    clock = VirtualClock(opening.open_at)
    broker = SimulatedBroker(
        path=path,
        name="rules",
        cash=Decimal(cash),
        market=market,
        clock=clock,
        calendar=calendar,
        reference=ReferenceTable(market.price_increment()),
        settings=settings,
        seed=7,
        price_increment=market.price_increment(),
    )
    here = Desk(broker=broker, clock=clock, sessions=sessions)
    here.turn_to(day)
    return here


@pytest.fixture(
    params=[
        (date(2016, 6, 1), 3, "day_trade_denied"),
        (date(2020, 3, 16), 2, "day_trade_denied"),
        (date(2025, 1, 2), 1, "day_trade_denied"),
        (date(2026, 7, 1), 1, None),
    ],
    ids=["T+3, PDT", "T+2, PDT", "T+1, PDT", "T+1, intraday margin"],
)
def era(request: pytest.FixtureRequest) -> tuple[date, int, str | None]:
    """Return a day, the sessions until its trades settle, and what a fourth day trade meets."""
    found: tuple[date, int, str | None] = request.param
    return found


def test_each_date_has_its_settlement_and_its_rule_on_day_trades(
    era: tuple[date, int, str | None], tmp_path: Path, place: Path | None
) -> None:
    """SE-01, SE-02, SE-05: one broker, told nothing but the date and the kind of account."""
    day, cycle, fourth = era
    margin = desk(tmp_path, day, EXACT)
    assert [margin.round_trip(name) for name in NAMES] == [None, None, None, fourth]

    cash = desk(tmp_path, day, CASH, path=place)
    assert [cash.round_trip(name, "20") for name in NAMES] == [None, None, None, None]
    for number, session in enumerate(cash.sessions[: cycle + 2]):
        cash.turn_to(session)
        account = cash.account()
        assert account.cash == 10_000
        assert account.settled_cash == account.buying_power == (2000 if number < cycle else 10_000)
    cash.broker.close()


def test_unsettled_proceeds_buy_nothing_in_a_cash_account(
    tmp_path: Path, place: Path | None
) -> None:
    """SE-01, SE-06: 100 dollars were never spent."""
    here = desk(tmp_path, ORDINARY, CASH, path=place)
    here.round_trip("SPY", "99")

    refused = here.send(Side.BUY, "AGG", "1.01")
    taken = here.send(Side.BUY, "AGG", "1")

    assert isinstance(refused, Rejected)
    assert refused.code == "insufficient_buying_power"
    assert refused.text == "the order may cost 101.00, the buying power is 100.00"
    assert isinstance(taken, Accepted)
    assert here.account().buying_power == 0
    here.turn_to(here.sessions[1])
    assert isinstance(here.send(Side.BUY, "GLD", "99"), Accepted)
    here.broker.close()


def test_margin_account_spends_its_proceeds_at_once_and_says_what_has_settled(
    tmp_path: Path, place: Path | None
) -> None:
    """SE-03."""
    here = desk(tmp_path, ORDINARY, EXACT, path=place)
    here.round_trip("SPY", "99")

    account = here.account()

    assert account.kind is AccountKind.MARGIN
    assert account.buying_power == 10_000
    assert account.settled_cash == 100
    assert isinstance(here.send(Side.BUY, "AGG", "100"), Accepted)
    here.broker.close()


def test_unsettled_proceeds_outlive_the_process(tmp_path: Path) -> None:
    """SE-01: they follow from the fills in the file."""
    path = tmp_path / "broker.db"
    here = desk(tmp_path, ORDINARY, CASH, path=path)
    here.round_trip("SPY", "99")
    here.broker.close()

    later = desk(tmp_path, ORDINARY, CASH, path=path)

    assert later.account().settled_cash == 100
    later.turn_to(later.sessions[1])
    assert later.account().settled_cash == 10_000
    later.broker.close()


def test_account_tells_what_its_positions_require(tmp_path: Path, place: Path | None) -> None:
    """SE-04: three tenths of a fund, three quarters of one of three times its underlying."""
    here = desk(tmp_path, ORDINARY, CASH, path=place)
    assert here.account().maintenance_margin == 0
    here.send(Side.BUY, "SPY", "10")
    here.send(Side.BUY, "TECL", "20")

    account = here.account()

    assert account.kind is AccountKind.CASH
    assert account.maintenance_margin == 300 + 1500
    assert account.settled_cash == account.cash == 7000
    here.broker.close()


def test_fourth_day_trade_waits_until_the_first_is_five_sessions_old(
    tmp_path: Path, place: Path | None
) -> None:
    """SE-02: what the refused sale leaves is sold the next morning, before any purchase."""
    here = desk(tmp_path, ORDINARY, EXACT, path=place)
    assert [here.round_trip(name) for name in NAMES[:3]] == [None] * 3

    here.turn_to(here.sessions[4])
    assert here.round_trip("TECL") == "day_trade_denied"
    here.turn_to(here.sessions[5])
    assert isinstance(here.send(Side.SELL, "TECL", "5"), Accepted)
    assert here.round_trip("TECL") is None
    here.broker.close()


@pytest.mark.parametrize(("cash", "reason"), [("25000", None), ("24999.99", "day_trade_denied")])
def test_day_trades_are_free_from_twenty_five_thousand_dollars_on(
    tmp_path: Path, cash: str, reason: str | None
) -> None:
    """SE-02."""
    here = desk(tmp_path, ORDINARY, EXACT, cash=cash)

    assert [here.round_trip(name) for name in NAMES] == [None, None, None, reason]


def test_open_sale_counts_as_the_day_trade_that_it_may_become(
    tmp_path: Path, place: Path | None
) -> None:
    """SE-02: three sales that nobody takes are as many as may be."""
    here = desk(tmp_path, ORDINARY, EXACT, path=place)
    for name in NAMES:
        here.send(Side.BUY, name, "5")

    outcomes = [here.send(Side.SELL, name, "5", price="101") for name in NAMES]

    assert [isinstance(one, Accepted) for one in outcomes] == [True, True, True, False]
    assert isinstance(outcomes[3], Rejected)
    assert outcomes[3].code == "day_trade_denied"
    here.broker.close()


def test_broker_that_has_not_said_which_rule_it_holds_to_takes_no_day_trade(
    tmp_path: Path,
) -> None:
    """SE-02: however much equity there is."""
    silent = replace(EXACT, intraday_margin_since=None)
    here = desk(tmp_path, date(2026, 7, 1), silent, cash="90000")

    assert here.round_trip("SPY") == "day_trade_denied"
    here.turn_to(here.sessions[1])
    assert isinstance(here.send(Side.SELL, "SPY", "5"), Accepted)


def shell(path: Path, statement: str) -> None:
    """Do what a person would do with the sqlite3 shell."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(("debt", "taken"), [("2500", True), ("2857", True), ("2858", False)])
def test_deficit_of_margin_that_is_called_for_stops_day_trades(
    tmp_path: Path, debt: str, taken: bool
) -> None:
    """SE-02, SE-05: 7500 dollars are required, and a twentieth of the equity may be missing."""
    path = tmp_path / "broker.db"
    here = desk(tmp_path, date(2026, 7, 1), EXACT, path=path)
    here.send(Side.BUY, "TECL", "100")
    assert here.account().cash == 0
    shell(path, f"UPDATE account SET cash = '-{debt}'")  # noqa: S608 (our own words)

    outcome = here.send(Side.SELL, "TECL", "1")

    assert isinstance(outcome, Accepted) is taken
    here.broker.close()


def test_damaged_fill_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broker.db"
    here = desk(tmp_path, ORDINARY, EXACT, path=path)
    here.round_trip("SPY")
    here.account()

    shell(path, "UPDATE fills SET side = 'short'")

    with pytest.raises(InputError, match="a fill of SPY in the broker's file cannot be read"):
        here.account()
    here.broker.close()


@pytest.mark.parametrize(
    ("cash", "bid", "ask", "code"),
    [("26000", "400", "400.04", "day_trade_denied"), ("24000", "600", "600.04", None)],
)
@pytest.mark.parametrize("look", [False, True])
def test_equity_that_day_trades_need_is_that_of_the_moment(
    cash: str, bid: str, ask: str, code: str | None, look: bool
) -> None:
    """SE-02: whether anybody asked for the account after the price moved is no matter."""
    here = world(settings=EXACT, cash=cash)
    here.submit(order("spy", "30", "501"))
    for number in range(3):
        here.submit(order(f"b{number}", "10", "72", symbol=TECL))
        here.seconds(4)
        here.submit(sell(f"s{number}", "10", "71", symbol=TECL))
        here.seconds(4)
    here.market.tell(quote("SPY", bid, ask, at=ENTRY + timedelta(seconds=24)))
    if look:
        here.broker.account()

    outcome = here.submit(sell("fourth", "1", "399"))

    assert (outcome.code if isinstance(outcome, Rejected) else None) == code
