"""Weights in NautilusTrader: whole shares, filled at the close that they are decided on.

The bars of a session come one by one; all orders of it go out at the last, sells first.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, TraderId, Venue
from nautilus_trader.model.identifiers import Symbol as NautilusSymbol
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from tests.benchmarks.peers.told import Work
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task, wished

VENUE = Venue("XNAS")
START = 631_152_000_000_000_000
"""1 January 1990 in nanoseconds."""
DAY = 86_400_000_000_000
"""Nanoseconds of one session."""
VOLUME = Quantity.from_int(10**9)


class Adviser(Protocol):
    """Says what is to be held."""

    def see(self, place: int, close: float) -> None:
        """Take the close of the symbol at `place`, dollars."""
        ...

    def weights(self, session: int) -> Sequence[float]:
        """Return what is wanted after all closes of `session`, one weight a symbol."""
        ...


class Trader(Strategy):  # type: ignore[misc]
    """Place the orders of a session on its last bar."""

    def __init__(self, adviser: Adviser, task: Task, ids: list[InstrumentId]) -> None:
        super().__init__(StrategyConfig())
        self._adviser, self._closes = adviser, (task.prices / 100).tolist()
        self._ids, self._held = ids, [0] * len(ids)
        self._types = [_bar_type(one) for one in ids]

    def on_start(self) -> None:
        """Ask for the bars."""
        for one in self._types:
            self.subscribe_bars(one)

    def on_bar(self, bar: Bar) -> None:
        """Trade on the last bar of a session."""
        session, place = divmod(bar.ts_event - START, DAY)
        closes = self._closes[session]
        self._adviser.see(place, closes[place])
        if place < len(closes) - 1:
            return
        weights = self._adviser.weights(session)
        cash = float(self.portfolio.account(VENUE).balance_total(USD))
        equity = cash + sum(map(float.__mul__, map(float, self._held), closes))
        moves = [
            (wished(equity, weight, close) - held, place)
            for place, (weight, close, held) in enumerate(
                zip(weights, closes, self._held, strict=True)
            )
        ]
        for is_buy in (False, True):
            for shares, place in moves:
                if shares and (shares > 0) is is_buy:
                    self._trade(place, shares)

    def _trade(self, place: int, shares: int) -> None:
        side = OrderSide.BUY if shares > 0 else OrderSide.SELL
        quantity = Quantity.from_int(abs(shares))
        self.submit_order(self.order_factory.market(self._ids[place], side, quantity))
        self._held[place] += shares


def running(task: Task, adviser: Adviser) -> Work:
    """Return what trades as `adviser` says, once."""
    ids = [InstrumentId(NautilusSymbol(f"S{n:03d}"), VENUE) for n in range(task.prices.shape[1])]
    engine = BacktestEngine(
        BacktestEngineConfig(
            trader_id=TraderId("BENCH-001"),
            logging=LoggingConfig(bypass_logging=True),
            # Statistics of what was traded are no part of it.
            run_analysis=False,
        )
    )
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=USD,
        starting_balances=[Money(CAPITAL, USD)],
    )
    for one in ids:
        engine.add_instrument(_equity(one))
    engine.add_strategy(Trader(adviser, task, ids))
    engine.add_data(_bars(task, ids))

    def work() -> tuple[float, ...]:
        engine.run()
        cash = float(engine.portfolio.account(VENUE).balance_total(USD))
        held = [float(engine.portfolio.net_position(one)) for one in ids]
        closes = (task.prices[-1] / 100).tolist()
        return (cash + sum(map(float.__mul__, held, closes)),)

    return work


def _bars(task: Task, ids: list[InstrumentId]) -> list[Bar]:
    types, rows = [_bar_type(one) for one in ids], task.prices.tolist()
    return [
        Bar(kind, price, price, price, price, VOLUME, at, at)
        for session, row in enumerate(rows)
        for place, (kind, cents) in enumerate(zip(types, row, strict=True))
        for price, at in ((Price(cents / 100, 2), START + session * DAY + place),)
    ]


def _bar_type(one: InstrumentId) -> BarType:
    return BarType.from_str(f"{one}-1-DAY-LAST-EXTERNAL")


def _equity(one: InstrumentId) -> Equity:
    return Equity(
        instrument_id=one,
        raw_symbol=one.symbol,
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        maker_fee=Decimal(str(FEE)),
        taker_fee=Decimal(str(FEE)),
        ts_event=0,
        ts_init=0,
    )
