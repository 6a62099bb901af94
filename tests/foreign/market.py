"""What a venue of others quotes, lists and opens on: two funds, weekdays, and a clock that runs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import sin

from tests.foreign.habits import NEW_YORK, Document, Habits

BASES = {"SPY": 600, "AGG": 98}
HOLIDAYS = frozenset(map(date.fromisoformat, ("2025-05-26", "2025-06-19", "2025-07-04")))
EARLY = frozenset({date(2025, 7, 3)})
HALF_CENT = Decimal("0.005")
ONE_DAY = timedelta(days=1)


class Market:
    """Know prices and days, from a moment on that `stopwatch` counts from."""

    def __init__(
        self,
        at: datetime,
        habits: Habits,
        stopwatch: Callable[[], float],
        sessions: Callable[[date, date], list[date]],
    ) -> None:
        """Begin at `at`; `sessions` tells the past days that have bars."""
        self._at = at
        self._habits = habits
        self._stopwatch = stopwatch
        self._since = stopwatch()
        self._sessions = sessions

    def now(self) -> datetime:
        """Return the present moment."""
        return self._at + timedelta(seconds=self._stopwatch() - self._since)

    def price(self, symbol: str, day: date) -> Decimal:
        """Return the close of `day`, in cents."""
        number = day.toordinal()
        base = BASES[symbol] * (1 + 0.02 * sin(number / 9) + 0.00005 * (number - 738_000))
        return Decimal(f"{base:.2f}")

    def sides(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return bid and ask."""
        last = self.price(symbol, self.now().astimezone(NEW_YORK).date())
        return last - Decimal("0.01"), last + Decimal("0.01")

    def hours(self, day: date) -> tuple[time, time] | None:
        """Return when a day opens and closes in New York, or None."""
        if day.weekday() > 4 or day in HOLIDAYS:
            return None
        today = self._at.astimezone(NEW_YORK).date()
        is_early = day in EARLY or ("early close" in self._habits and day == today)
        return time(9, 30), time(13) if is_early else time(16)

    def calendar(self, first: date, last: date) -> Iterator[Document]:
        """Yield each session."""
        for day in _days(first, last):
            hours = self.hours(day)
            if hours is not None:
                opens, closes = hours
                yield {
                    "date": day.isoformat(),
                    "open": f"{opens:%H:%M}",
                    "close": f"{closes:%H:%M}",
                    "session_open": "0400",
                    "session_close": "2000",
                    "settlement_date": (day + ONE_DAY).isoformat(),
                }

    def clock(self) -> Document:
        """Return what the clock shows."""
        now = self.now()
        today = now.astimezone(NEW_YORK).date()
        edges = [self._edges(day) for day in _days(today, today + 7 * ONE_DAY)]
        sessions = [one for one in edges if one is not None]
        return {
            "timestamp": now,
            "is_open": any(opens <= now < closes for opens, closes in sessions),
            "next_open": min(opens for opens, _ in sessions if opens > now),
            "next_close": min(closes for _, closes in sessions if closes > now),
        }

    def _edges(self, day: date) -> tuple[datetime, datetime] | None:
        hours = self.hours(day)
        if hours is None:
            return None
        opens, closes = (datetime.combine(day, one, NEW_YORK).astimezone(UTC) for one in hours)
        return opens, closes

    def assets(self) -> list[Document]:
        """Return both funds, and what else is listed."""
        parts = "no parts of a share" not in self._habits
        trades = "nothing tradable" not in self._habits
        funds = [_asset(name, fractionable=parts, tradable=trades) for name in BASES]
        delisted = _asset("AGG", fractionable=False, tradable=False) | {"status": "inactive"}
        coin = _asset("BTC/USD", fractionable=True, tradable=True) | {"class": "crypto"}
        return [*funds, delisted, coin]

    def bars(self, symbols: list[str], first: date, last: date) -> Iterator[tuple[str, Document]]:
        """Yield each daily bar, by symbol and day."""
        for name in sorted(set(symbols) & BASES.keys()):
            for day in self._sessions(first, last):
                close = self.price(name, day)
                yield (
                    name,
                    {
                        "t": datetime.combine(day, time(), NEW_YORK),
                        "o": close,
                        "h": close + 1,
                        "l": close - 1,
                        "c": close,
                        "v": Decimal(1_000_000),
                        "n": Decimal(1000),
                        "vw": close,
                    },
                )

    def knows(self, symbol: str) -> bool:
        """Say whether it is quoted."""
        return symbol in BASES

    def quote(self, symbol: str) -> Document:
        """Return the latest quote, as REST and streams tell it."""
        bid, ask = self.sides(symbol)
        sizes = {"as": Decimal(100), "bs": Decimal(200), "ax": "V", "bx": "V"}
        return {"t": self.now(), "ap": ask, "bp": bid, **sizes, "c": ["R"], "z": "B"}

    def trade(self, symbol: str) -> Document:
        """Return the latest trade."""
        price = self.sides(symbol)[0] + Decimal("0.01")
        return {"t": self.now(), "x": "V", "p": price, "s": Decimal(100), "c": ["@"], "i": 1}


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))


def _asset(name: str, *, fractionable: bool, tradable: bool) -> Document:
    return {
        "id": f"00000000-0000-4000-8000-{sum(map(ord, name)):012d}",
        "class": "us_equity",
        "exchange": "ARCA",
        "symbol": name,
        "name": f"{name} fund",
        "status": "active",
        "tradable": tradable,
        "marginable": True,
        "shortable": True,
        "fractionable": fractionable,
        "cusip": None,
    }
