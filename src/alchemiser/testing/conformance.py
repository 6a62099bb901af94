"""The numbered cases of brokers, streams and market data, over Alpaca's adapter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from urllib.request import Request, urlopen

import msgspec
from dependency_injector import providers

from alchemiser.container.assembly import UNBEGUN
from alchemiser.container.parts import Parts
from alchemiser.container.venue import VenueOptions, serving
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.secret import Secret
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.market_data import MarketDataPort
from alchemiser.settings import Settings
from alchemiser.settings.sections import Account, Broker, Data
from alchemiser.testing.contracts.broker import BrokerContract
from alchemiser.testing.contracts.broker_bench import BrokerBench
from alchemiser.testing.contracts.broker_many import BrokerManyContract
from alchemiser.testing.contracts.broker_on_close import OnCloseBench, OnCloseContract
from alchemiser.testing.contracts.broker_refusals import BrokerRefusalsContract
from alchemiser.testing.contracts.calendar import CalendarContract
from alchemiser.testing.contracts.market_data import MarketDataBench, MarketDataContract
from alchemiser.testing.contracts.market_prices import MarketPricesContract
from alchemiser.testing.contracts.order_updates import OrderUpdatesContract
from alchemiser.testing.contracts.order_updates_bench import UpdatesBench
from alchemiser.testing.contracts.running import Result, numbered, run_cases

AT: Final = datetime(2025, 6, 16, 19, 45, tzinfo=UTC)
"""A Monday, a quarter of an hour before the close."""
BEFORE_OPEN: Final = datetime(2025, 6, 16, 12, 0, tzinfo=UTC)
TRADED: Final = Symbol("SPY")
SYMBOLS: Final = (Symbol("AGG"), TRADED)
_CLOSE: Final = (timedelta(minutes=5), timedelta(minutes=16))
_PATIENCE: Final = 10.0
_CENT: Final = Decimal("0.01")
_KEY: Final = ("LOCAL", Secret("any word will do"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Hold a contract and what makes a bench for each of its cases.

    Attributes:
        contract: The cases.
        bench: Makes a bench, and clears away what a case has left.
        left_out: Why a case is not run, by its number.
    """

    contract: type
    bench: Callable[[], AbstractContextManager[object]]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def numbers(self) -> tuple[str, ...]:
        """Return the numbers of the cases that are run."""
        return tuple(one for one, _, _ in numbered(self.contract) if one not in self.left_out)

    def run(self) -> Iterator[Result]:
        """Run the cases and yield how each went."""
        yield from run_cases(self.contract, self.bench, frozenset(self.left_out))


def suites() -> tuple[Suite, ...]:
    """Return all suites, each case over a fresh account at a local venue of its own."""
    traded = (BrokerContract, BrokerRefusalsContract, BrokerManyContract, OnCloseContract)
    return (
        *(Suite(contract=one, bench=_broker_bench) for one in traded),
        *(
            Suite(contract=one, bench=_data_bench)
            for one in (MarketDataContract, MarketPricesContract)
        ),
        Suite(contract=OrderUpdatesContract, bench=_updates_bench),
        Suite(contract=CalendarContract, bench=_calendar),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _InItsTime:
    """Ask a source that knows nothing but the present, once the present is what is asked about."""

    market: MarketDataPort
    go_to: Callable[[datetime], None]

    def check(self) -> None:
        """Prove that the source is there."""
        self.market.check()

    def bars(self, symbols: Sequence[Symbol], *, through: date) -> BarPanel:
        """Return closed bars, on the day after the bench's last."""
        self.go_to(AT + timedelta(days=1))
        return self.market.bars(symbols, through=through)

    def quotes(self, symbols: Sequence[Symbol], *, at: datetime) -> tuple[Quote, ...]:
        """Return the quotes of the moment `at`, at that moment."""
        self.go_to(at)
        return self.market.quotes(symbols, at=at)

    def corporate_actions(
        self, symbols: Sequence[Symbol], *, first: date, last: date
    ) -> tuple[CorporateAction, ...]:
        """Return the actions in a range."""
        return self.market.corporate_actions(symbols, first=first, last=last)


@contextmanager
def _account(at: datetime = AT) -> Iterator[tuple[Parts, dict[str, str]]]:
    """Serve a venue whose time is moved by hand, and compose what trades there."""
    with serving(VenueOptions(at=at, speed=0, rate_limit=0)) as urls:
        settings = Settings(
            account=Account(mode="paper"),
            broker=Broker(
                adapter="alpaca",
                trading_url=urls["trading_url"],
                stream_url=urls["stream_url"],
                requests_per_minute=10_000,
            ),
            data=Data(adapter="alpaca", url=urls["data_url"], requests_per_minute=10_000),
        )
        parts = Parts(settings=settings, day=AT.date(), code="", start=UNBEGUN)
        parts.keys.override(providers.Object(_key))
        # What is told here of shorts is what an account that may not be short is told.
        _ask(urls, "PATCH", "/v2/account/configurations", {"no_shorting": True})
        yield parts, urls
        calls: Any = parts.threaded_calls()  # made by its name
        calls.close()
        parts.line().close()
        parts.data_line().close()


def _key(*, refresh: bool = False) -> tuple[str, Secret]:
    del refresh  # any key opens a local venue
    return _KEY


@contextmanager
def _broker_bench() -> Iterator[OnCloseBench]:
    with _account() as (parts, urls):
        yield _bench(parts, urls)


def _bench(parts: Parts, urls: dict[str, str]) -> OnCloseBench:
    (quote,) = parts.alpaca_market().quotes([TRADED], at=AT)
    until_cutoff, until_told = _CLOSE
    return OnCloseBench(
        broker=parts.broker(),
        session=AT.date(),
        symbol=TRADED,
        quantity=Decimal("17.5"),
        buy_filling=(quote.ask * Decimal("1.005")).quantize(_CENT),
        buy_resting=(quote.bid * Decimal("0.86")).quantize(_CENT),
        sell_filling=(quote.bid * Decimal("0.995")).quantize(_CENT),
        elapse=partial(_elapse, urls),
        threads=4,
        until_cutoff=until_cutoff,
        until_told=until_told,
    )


@contextmanager
def _updates_bench() -> Iterator[UpdatesBench]:
    with _account() as (parts, urls):
        bench = _bench(parts, urls)
        plain: dict[str, Any] = {one.name: getattr(bench, one.name) for one in fields(BrokerBench)}
        updates: Any = parts.alpaca_updates()  # made by its name
        yield UpdatesBench(
            **plain,
            updates=updates,
            drop=partial(_ask, urls, "POST", "/control/faults", {"name": "stream_abort"}),
            close=updates.close,
            calls=parts.threaded_calls(),
        )


@contextmanager
def _data_bench() -> Iterator[MarketDataBench]:
    with _account(BEFORE_OPEN) as (parts, urls):

        def go_to(moment: datetime) -> None:
            _ask(urls, "POST", "/control/clock", {"to": moment.isoformat()})

        yield MarketDataBench(
            market=_InItsTime(market=parts.alpaca_market(), go_to=go_to),
            calendar=parts.calendar(),
            symbols=SYMBOLS,
            last=AT.date(),
        )


@contextmanager
def _calendar() -> Iterator[CalendarPort]:
    with _account() as (parts, _):
        yield parts.calendar()


def _elapse(urls: dict[str, str], time: timedelta) -> None:
    _ask(urls, "POST", "/control/clock", {"advance": time.total_seconds()})


def _ask(urls: dict[str, str], method: str, path: str, body: dict[str, object]) -> None:
    request = Request(  # noqa: S310 - our own venue
        f"{urls['trading_url']}{path}",
        data=msgspec.json.encode(body),
        method=method,
        headers={"APCA-API-KEY-ID": _KEY[0], "APCA-API-SECRET-KEY": _KEY[1].reveal()},
    )
    with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - our own venue
        answer.read()
