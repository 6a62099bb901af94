"""The same orders in backtrader: `python -m tests.benchmarks.peer_backtrader SESSIONS [idle]`.

Runs in an environment of its own, without the engine; prints its result as JSON. An order that is
placed on one bar is filled at the open of the next.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import backtrader

from tests.benchmarks import order_task as task
from tests.benchmarks.order_task import SYMBOLS

FIRST = datetime(1990, 1, 1, 20, tzinfo=UTC)


class Bars(backtrader.feed.DataBase):  # type: ignore[misc]
    """Give the bars of one symbol: one before the first session, then one a session."""

    params = (("place", 0), ("sessions", 0))

    def start(self) -> None:
        """Begin anew."""
        super().start()
        self._sessions: Iterator[int] = iter(range(-1, self.p.sessions))

    def _load(self) -> bool:
        session = next(self._sessions, None)
        if session is None:
            return False
        at = FIRST + timedelta(days=session)
        price = task.price(max(session, 0), self.p.place) / 100
        self.lines.datetime[0] = backtrader.date2num(at)
        for line in ("open", "high", "low", "close"):
            getattr(self.lines, line)[0] = price
        self.lines.volume[0] = 1_000_000
        self.lines.openinterest[0] = 0
        return True


class Trader(backtrader.Strategy):  # type: ignore[misc]
    """Place the orders of the next session after each bar, sells first."""

    params = (("sessions", 0), ("idle", False))

    def __init__(self) -> None:
        self.filled = 0

    def next(self) -> None:
        """Take the bars of all symbols."""
        session = len(self) - 1
        if self.p.idle or session >= self.p.sessions:
            return
        for buy in (False, True):
            for place, data in enumerate(self.datas):
                if task.is_traded(session, place) and task.is_bought(session, place) is buy:
                    self._place(session, place, data, buy=buy)

    def _place(self, session: int, place: int, data: Any, *, buy: bool) -> None:  # noqa: ANN401 - untyped
        send = self.buy if buy else self.sell
        send(
            data,
            size=task.SHARES,
            exectype=backtrader.Order.Limit,
            price=task.limit(task.price(session, place), buy=buy) / 100,
        )

    def notify_order(self, order: Any) -> None:  # noqa: ANN401 - untyped
        """Count what is filled."""
        self.filled += order.status == order.Completed


def main(sessions: int, *, idle: bool) -> None:
    """Run and print."""
    cerebro = backtrader.Cerebro(stdstats=False, preload=False, runonce=False)
    for place, name in enumerate(SYMBOLS):
        cerebro.adddata(Bars(place=place, sessions=sessions), name=name)
    cerebro.addstrategy(Trader, sessions=sessions, idle=idle)
    cerebro.broker.setcash(task.CASH)
    start = process_time()
    (trader,) = cerebro.run()
    seconds = process_time() - start
    held = [cerebro.broker.getposition(data).size for data in cerebro.datas]
    told = task.Result(
        orders=trader.filled,
        seconds=seconds,
        cash=round(cerebro.broker.getcash() * 100),
        held=task.whole(held),
    )
    sys.stdout.write(told.text())


if __name__ == "__main__":
    main(int(sys.argv[1]), idle=sys.argv[2:] == ["idle"])
