"""The same orders in NautilusTrader: `python -m tests.benchmarks.peer_nautilus SESSIONS [idle]`.

Runs in an environment of its own, without the engine; prints its result as JSON. An order that is
placed on a bar is filled at that bar's price.
"""

import sys
from collections.abc import Iterator
from decimal import Decimal
from time import process_time

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.identifiers import InstrumentId, TraderId, Venue
from nautilus_trader.model.identifiers import Symbol as NautilusSymbol
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from tests.benchmarks import order_task as task
from tests.benchmarks.order_task import SYMBOLS

VENUE = Venue("XNAS")
IDS = [InstrumentId(NautilusSymbol(name), VENUE) for name in SYMBOLS]
BAR_TYPES = [BarType.from_str(f"{one}-1-DAY-LAST-EXTERNAL") for one in IDS]
START = 631_152_000_000_000_000
"""1 January 1990 in nanoseconds."""
DAY = 86_400_000_000_000
"""Nanoseconds of one session."""


class TraderConfig(StrategyConfig, frozen=True):  # type: ignore[call-arg, misc]
    """Say whether to trade."""

    idle: bool = False


class Trader(Strategy):  # type: ignore[misc]
    """Place the order of each symbol on its bar; those to be sold have theirs first."""

    def __init__(self, config: TraderConfig) -> None:
        super().__init__(config)
        self.filled = 0
        self._idle = config.idle
        self._places = {bar_type: place for place, bar_type in enumerate(BAR_TYPES)}
        self._shares = Quantity.from_int(task.SHARES)

    def on_start(self) -> None:
        """Ask for the bars."""
        for bar_type in BAR_TYPES:
            self.subscribe_bars(bar_type)

    def on_bar(self, bar: Bar) -> None:
        """Trade on a bar."""
        session, place = (bar.ts_event - START) // DAY, self._places[bar.bar_type]
        if self._idle or not task.is_traded(session, place):
            return
        buy = task.is_bought(session, place)
        order = self.order_factory.limit(
            instrument_id=IDS[place],
            order_side=OrderSide.BUY if buy else OrderSide.SELL,
            quantity=self._shares,
            price=_price(task.limit(task.price(session, place), buy=buy)),
        )
        self.submit_order(order)

    def on_order_filled(self, event: OrderFilled) -> None:
        """Count what is filled."""
        del event
        self.filled += 1


def bars(sessions: int) -> Iterator[Bar]:
    """Yield the bars of all sessions, those of what is sold first."""
    volume = Quantity.from_int(1_000_000)
    for session in range(sessions):
        order = sorted(range(len(SYMBOLS)), key=lambda one: task.is_bought(session, one))
        for number, place in enumerate(order):
            price = _price(task.price(session, place))
            at = START + session * DAY + number
            yield Bar(BAR_TYPES[place], price, price, price, price, volume, at, at)


def equity(one: InstrumentId) -> Equity:
    """Return a share that trades in cents."""
    return Equity(
        instrument_id=one,
        raw_symbol=one.symbol,
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
        ts_event=0,
        ts_init=0,
    )


def main(sessions: int, *, idle: bool) -> None:
    """Run and print."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            trader_id=TraderId("BENCH-001"),
            logging=LoggingConfig(bypass_logging=True),
            # Statistics of what was traded are no part of an order.
            run_analysis=False,
        )
    )
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=USD,
        starting_balances=[Money(task.CASH, USD)],
    )
    for one in IDS:
        engine.add_instrument(equity(one))
    trader = Trader(TraderConfig(idle=idle))
    engine.add_strategy(trader)
    engine.add_data(list(bars(sessions)))
    start = process_time()
    engine.run()
    seconds = process_time() - start
    cash = engine.portfolio.account(VENUE).balance_total(USD).as_decimal()
    held = [float(engine.portfolio.net_position(one)) for one in IDS]
    told = task.Result(
        orders=trader.filled, seconds=seconds, cash=int(cash * 100), held=task.whole(held)
    )
    sys.stdout.write(told.text())
    engine.dispose()


def _price(cents: int) -> Price:
    return Price(cents / 100, 2)


if __name__ == "__main__":
    main(int(sys.argv[1]), idle=sys.argv[2:] == ["idle"])
