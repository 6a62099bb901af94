"""Read files of bars with patience: what breaks the contract is told, and the rest is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alchemiser.adapters.files.market import FileMarketData
from alchemiser.adapters.files.series import (
    SUFFIXES,
    Days,
    Series,
    SessionLabels,
    read_table,
    tickers,
)
from alchemiser.adapters.files.series import load as load_strictly
from alchemiser.adapters.files.table import RawTable, Texts
from alchemiser.domain.market.gate import Finding, FindingCode
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.errors import InputError


class ExaminedFiles(FileMarketData):
    """Serve what can be read at a path, and tell what cannot."""

    def __init__(self, path: Path, calendar: CalendarPort) -> None:
        """Examine the folder or file at `path`."""
        super().__init__(path, calendar)
        self._place = path
        self._sessions = calendar

    def symbols(self) -> tuple[Symbol, ...]:
        """Return what can be read, sorted.

        Raises:
            InputError: When there is nothing at the path.
        """
        return tuple(sorted(self._series))

    def last(self) -> date | None:
        """Return the last session of any symbol, or None when nothing can be read."""
        days = [int(one.days[-1]) for one in self._series.values()]
        return date.fromordinal(max(days)) if days else None

    def problems(self) -> tuple[Finding, ...]:
        """Return what breaks the contract of bars on disk."""
        return tuple(self._examined.problems)

    @cached_property
    def _series(self) -> Mapping[Symbol, Series]:
        return self._examined.series

    @cached_property
    def _examined(self) -> "_Examined":
        """Read what is there.

        Raises:
            InputError: When nothing is, or it cannot be opened.
        """
        examined = _Examined({}, [], SessionLabels(self._sessions))
        if not self._place.is_dir():
            if not self._place.exists():
                load_strictly(self._place, self._sessions)  # says why it is not there
            examined.take(self._place, many_symbols=True)
            return examined
        try:
            files = [one for one in sorted(self._place.iterdir()) if _holds_bars(one)]
        except OSError as error:
            msg = f"{self._place} cannot be opened ({error.strerror}): correct its rights."
            raise InputError(msg) from error
        if not files:
            load_strictly(self._place, self._sessions)  # says that it is empty
        for file in files:
            examined.take(file, many_symbols=False)
        return examined


def _holds_bars(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".")


@dataclass(slots=True)
class _Examined:
    """Collect what was read and what was found."""

    series: dict[Symbol, Series]
    problems: list[Finding]
    labels: SessionLabels

    def take(self, file: Path, *, many_symbols: bool) -> None:
        """Read `file`, or tell why it cannot be."""
        try:
            table = read_table(file, many_symbols=many_symbols)
            texts = table.symbols or Texts(
                (file.stem,), np.zeros(len(table.sessions.codes), dtype=np.intp)
            )
            names, groups = tickers(file, texts)
            days = self.labels.ordinals(file, table.sessions)
        except InputError as error:
            self._tell(file.stem, FindingCode.UNREADABLE, None, str(error))
            return
        for place, name in enumerate(names):
            rows = np.flatnonzero(groups == place)
            if name in self.series:
                text = f"{file} holds {name}, which another file has too: keep one of them."
                self._tell(name, FindingCode.UNREADABLE, None, text)
            elif len(rows):
                self.series[name] = self._ordered(name, days[rows], table, rows)

    def _ordered(self, name: Symbol, days: Days, table: RawTable, rows: NDArray[np.intp]) -> Series:
        """Return one symbol's rows by session, each once: the first counts."""
        order = np.argsort(days, kind="stable")
        for day in _repeated(days[order]):
            text = f"{name} has more than one row on {day}: keep one of them."
            self._tell(name, FindingCode.DUPLICATE, day, text)
        back = np.flatnonzero(np.diff(days) < 0)
        if len(back):
            day = date.fromordinal(int(days[back[0] + 1]))
            text = f"{name} has its rows out of order, first on {day}: sort them by session."
            self._tell(name, FindingCode.DISORDER, day, text, blocks=False)
        once, places = np.unique(days[order], return_index=True)
        chosen = rows[order][places]
        return Series(once, {key: array[chosen] for key, array in table.numbers.items()})

    def _tell(
        self,
        name: str,
        code: FindingCode,
        day: date | None,
        text: str,
        *,
        blocks: bool = True,
    ) -> None:
        self.problems.append(
            Finding(symbol=Symbol(name), code=code, session=day, blocks=blocks, text=text)
        )


def _repeated(days: Days) -> Iterator[date]:
    again = days[1:][np.diff(days) == 0]
    yield from (date.fromordinal(day) for day in np.unique(again).tolist())
