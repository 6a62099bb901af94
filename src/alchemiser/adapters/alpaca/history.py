"""Fetch daily bars of many symbols and lay them on the exchange's sessions."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.alpaca.apart import Answers, Apart
from alchemiser.adapters.alpaca.bars_decoding import decode_bars
from alchemiser.adapters.alpaca.bars_rows import NEW_YORK, BarRows
from alchemiser.adapters.alpaca.paging import Reader, batches, listed, pages
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import COLUMNS, panel_from_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats

BARS: Final = "/v2/stocks/bars"
ROWS_PER_PAGE: Final = 10_000
"""The most that the broker sends at once, counted over all symbols."""
AT_ONCE: Final = 4
"""Requests under way at the same time."""
SIGNAL: Final = "all"
TRADING: Final = "raw"
"""The broker's names of the adjustments that make the two bases."""
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    SIGNAL: {name: name for name in ("close", "open", "high", "low", "volume")},
    TRADING: {"raw_close": "close"},
}
"""What each basis fills, and the name that it has there."""

Tell = Callable[[str], None]
"""What is told the owner as an alert, one sentence."""


@dataclass(frozen=True, slots=True)
class _Question:
    """Ask for one basis of some symbols."""

    adjustment: str
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class BarsSource:
    """Fetch bars from one feed.

    Attributes:
        reader: Asks the broker.
        feed: The broker's name of the feed, or None for the best one of the subscription.
        tell: Told of every series that cannot be used as it is.
        apart: Keeps account of the symbols that are not answered for.
    """

    reader: Reader
    feed: str | None
    tell: Tell
    apart: Apart = field(default_factory=Apart)

    def panel(self, symbols: Sequence[Symbol], sessions: Sequence[date]) -> BarPanel:
        """Return the bars of `symbols`, sorted and each once, in `sessions`, ascending.

        `close`, `open`, `high`, `low` and `volume` are adjusted for all that happened to the
        share until now, `raw_close` for nothing. A series in disorder is a column of NaN.

        Raises:
            InputError: When the broker's answer breaks its contract.
            PortUnavailableError: When the broker cannot be reached.
        """
        columns = {name: np.full((len(sessions), len(symbols)), np.nan) for name in COLUMNS}
        if symbols and sessions:
            days = np.fromiter((day.toordinal() for day in sessions), np.int64, len(sessions))
            told = self._told(symbols, sessions)
            for place, name in enumerate(symbols):
                self._lay(columns, place, days, name, told)
        for array in columns.values():
            array.flags.writeable = False  # so that the panel takes it as it is
        return panel_from_columns(sessions=tuple(sessions), symbols=tuple(symbols), columns=columns)

    def _told(
        self, symbols: Sequence[Symbol], sessions: Sequence[date]
    ) -> dict[tuple[str, str], BarRows]:
        """Return what the broker tells, by adjustment and symbol."""
        several = len(symbols) * len(sessions) > AT_ONCE * ROWS_PER_PAGE
        questions = [
            _Question(adjustment, part)
            for part in batches(symbols, AT_ONCE // 2 if several else 1)
            for adjustment in (SIGNAL, TRADING)
        ]

        def ask(one: _Question) -> Answers[dict[str, BarRows]]:
            return self.apart.ask(
                lambda part: self._answer(_Question(one.adjustment, part), sessions), one.symbols
            )

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            answers = list(pool.map(ask, questions))
        # One basis without the other is of no use.
        silent = frozenset[str]().union(*(answer.silent for answer in answers))
        if silent:
            self.tell(
                f"no bars of {', '.join(sorted(silent))} could be had in time: "
                f"{'it is' if len(silent) == 1 else 'they are'} not traded."
            )
        return {
            (question.adjustment, name): rows
            for question, answer in zip(questions, answers, strict=True)
            for told in answer.told
            for name, rows in told.items()
            if name not in silent
        }

    def _answer(self, question: _Question, sessions: Sequence[date]) -> dict[str, BarRows]:
        params = {
            "symbols": listed(question.symbols),
            "timeframe": "1Day",
            "start": _midnight(sessions[0]),
            "end": _midnight(sessions[-1]),
            "limit": str(ROWS_PER_PAGE),
            "adjustment": question.adjustment,
            "sort": "asc",
        } | ({} if self.feed is None else {"feed": self.feed})
        full = len(question.symbols) * len(sessions) // ROWS_PER_PAGE + 1
        parts: dict[str, list[BarRows]] = {}
        for page in pages(self.reader, BARS, params, decode_bars, full=full):
            for name, rows in page.rows.items():
                parts.setdefault(name, []).append(rows)
        return {name: _joined(rows) for name, rows in parts.items()}

    def _lay(
        self,
        columns: Mapping[str, Floats],
        place: int,
        days: NDArray[np.int64],
        name: Symbol,
        told: Mapping[tuple[str, str], BarRows],
    ) -> None:
        """Write one symbol into its column, unless it cannot be trusted."""
        known = {basis: told[basis, name] for basis in _FIELDS if (basis, name) in told}
        if any((np.diff(rows.days) <= 0).any() for rows in known.values()):
            self.tell(
                f"the bars of {name} come twice or in disorder: the symbol is not traded until "
                "its source is in order."
            )
            return
        strays: set[int] = set()
        for basis, rows in known.items():
            rows_on, held = _places(days, rows.days)
            strays |= set(rows.days[~held].tolist())
            for column, key in _FIELDS[basis].items():
                columns[column][rows_on, place] = rows.numbers[key][held]
        if strays:
            self.tell(
                f"{name} has a bar on {date.fromordinal(min(strays))}, in no session that was "
                f"asked for ({len(strays)} such days): they are left out."
            )


def _places(
    days: NDArray[np.int64], told: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the rows of `days` that were told, and which of those told they are."""
    rows = np.minimum(np.searchsorted(days, told), len(days) - 1)
    held = days[rows] == told
    return rows[held], held


def _joined(parts: Sequence[BarRows]) -> BarRows:
    return BarRows(
        days=np.concatenate([part.days for part in parts]),
        numbers={
            key: np.concatenate([part.numbers[key] for part in parts]) for key in parts[0].numbers
        },
    )


def _midnight(day: date) -> str:
    """Return the stamp of the daily bar of `day`.

    A bare date would be midnight in a zone that the broker does not name, and the end of the day
    would lie in the quarter of an hour that cheap subscriptions may not ask for.
    """
    moment = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")
