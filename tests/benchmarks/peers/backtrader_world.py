"""Weights in backtrader: whole shares, filled at the close that they are decided on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import backtrader

from tests.benchmarks.peers.told import Work
from tests.benchmarks.peers.weights_task import CAPITAL, FEE, Task, wished

FIRST = datetime(1990, 1, 1, 20, tzinfo=UTC)


class Bars(backtrader.feed.DataBase):  # type: ignore[misc]
    """Give the bars of one symbol, and one more session, since the last fills come after it."""

    params = (("closes", ()),)

    def start(self) -> None:
        """Begin anew."""
        super().start()
        self._left: Iterator[tuple[int, float]] = iter(enumerate(self.p.closes))

    def _load(self) -> bool:
        session, close = next(self._left, (0, 0.0))
        if not close:
            return False
        self.lines.datetime[0] = backtrader.date2num(FIRST + timedelta(days=session))
        for line in ("open", "high", "low", "close"):
            getattr(self.lines, line)[0] = close
        self.lines.volume[0] = 1e9
        self.lines.openinterest[0] = 0
        return True


class Trader(backtrader.Strategy):  # type: ignore[misc]
    """Sell what is too much, then buy what is too little; what is wanted, a subclass says."""

    params = (("sessions", 0), ("table", None))

    def weights(self, session: int) -> Sequence[float]:
        """Return what is wanted at the close of `session`, one weight a symbol."""
        wanted: Sequence[float] = self.p.table[session]
        return wanted

    def next(self) -> None:
        """Take the bars of all symbols."""
        session, equity = len(self) - 1, self.broker.getvalue()
        if session >= self.p.sessions:
            return
        moves = []
        for data, weight in zip(self.datas, self.weights(session), strict=True):
            held = self.broker.getposition(data).size
            moves.append((wished(equity, weight, data.close[0]) - held, data))
        for shares, data in moves:
            if shares < 0:
                self.sell(data, size=-shares)
        for shares, data in moves:
            if shares > 0:
                self.buy(data, size=shares)


def running(
    task: Task, trader: type[Trader] = Trader, table: Sequence[Sequence[float]] = ()
) -> Work:
    """Return what trades as `trader` says."""
    closes = [[*column, column[-1]] for column in (task.prices / 100).T.tolist()]

    def work() -> tuple[float, ...]:
        cerebro = backtrader.Cerebro(stdstats=False, preload=False, runonce=False)
        for column in closes:
            cerebro.adddata(Bars(closes=column))
        cerebro.addstrategy(trader, sessions=len(task.prices), table=table)
        cerebro.broker.setcash(CAPITAL)
        cerebro.broker.setcommission(commission=FEE)
        cerebro.broker.set_coc(True)
        cerebro.broker.set_checksubmit(False)
        cerebro.run()
        return (float(cerebro.broker.getvalue()),)

    return work
