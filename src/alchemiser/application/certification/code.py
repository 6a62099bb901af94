"""Trying free-form code: the same question under other circumstances has the same answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, repeat
from typing import Final

from alchemiser.application.certification import missing
from alchemiser.application.certification.bench import Bench, Watch
from alchemiser.application.certification.futures import FUTURES, PASTS, other_past
from alchemiser.application.certification.outcomes import differing
from alchemiser.application.certification.panels import (
    beside,
    made_up,
    since,
    weekdays_until,
)
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.candidate import Process

STRANGERS: Final = tuple(map(Symbol, ("AAA", "BIL", "QQQ", "SPY", "TLT", "UVXY", "ZZZZ")))
"""Symbols that other strategies of the same account might read."""
CYCLE: Final = 28
"""After so many years weekdays and leap years repeat."""
SECONDS_MAX: Final = 0.5
SLOWEST: Final = 0.99
"""Which part of the decisions has to be faster."""
FIRST: Final = 10
"""Decisions after which it shows whether thousands more can be waited for."""
GROWTH_MAX: Final = 2_048
"""Bytes that a strategy may keep of each decision; a bar of a few symbols, but no view."""
FIRST_YEAR: Final = 1996
LAST_YEAR: Final = 2027
WORKDAYS: Final = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """Hold the three processes in which code is tried.

    Attributes:
        plain: Sees what trading sees.
        tempted: Sees views of arrays that hold the future as well.
        elsewhere: Works in other surroundings, closely watched.
    """

    plain: Process
    tempted: Process
    elsewhere: Process

    def close(self) -> None:
        """End all of them."""
        for process in (self.plain, self.tempted, self.elsewhere):
            process.close()


@dataclass(slots=True, kw_only=True)
class CodeTrial:
    """Try free-form code on `panel`; `known` are dates that stand in its source."""

    bench: Bench
    trio: Trio
    panel: BarPanel
    watch: Watch
    known: Sequence[date]
    seconds: list[float] = field(default_factory=list)
    truth: dict[int, StrategyOutcome] = field(default_factory=dict)

    def prepare(self) -> None:
        """Ask as trading does, session after session: what every later answer is held against."""
        last = len(self.panel.sessions) - 1
        deep = max((sessions for _, sessions in self.watch.needed.lookbacks), default=1)
        first = min(deep, last // 2)
        many = self.bench.rows("deep", self.bench.cuts, last, first=first)
        few = self.bench.rows("shallow", self.bench.share(10), last)
        for row in sorted({*many, *few, last}):
            if self.is_slow():
                return
            told = self.watch.follow(self.trio.plain, self.panel, row)
            self.truth[row] = told.outcomes[0]
            self.seconds.append(told.seconds)

    def is_slow(self) -> bool:
        """Say whether already the first decisions took too long to ask for all others."""
        first = sorted(self.seconds[:FIRST])
        return len(first) == FIRST and first[FIRST // 2] > SECONDS_MAX / 2

    def sample(self, stream: str, part: int, *, least: int = 8) -> list[int]:
        """Return one in `part` of the cuts as rows whose answer is known, in any order."""
        known = sorted(self.truth)
        places = self.bench.rows(stream, self.bench.share(part, least=least), len(known) - 1)
        return [known[place] for place in places]

    def determinism(self) -> Iterator[str]:
        """Yield what changes with order, repetition, a new instance or other surroundings."""
        plain = self.trio.plain
        for row in sorted(self.sample("descending", 8), reverse=True):
            told = self.watch.exact(plain, self.panel, row)
            yield self._differing(row, told.outcomes[0], "asked after later sessions")
        for row in self.sample("shuffled", 8):
            told = self.watch.exact(plain, self.panel, row, times=2)
            yield self._differing(row, told.outcomes[0], "asked in another order")
            yield self._differing(row, told.outcomes[1], "asked a second time")
        for row in self.sample("fresh", 20):
            told = self.watch.exact(plain, self.panel, row, fresh=True)
            yield self._differing(row, told.outcomes[0], "built anew")
        yield from self._elsewhere()

    def _elsewhere(self) -> Iterator[str]:
        try:
            self.trio.elsewhere.describe()
        except PluginError as error:
            yield f"in other surroundings it cannot be built: {error}"
            return
        for row in self.sample("elsewhere", 6):
            told = self.watch.exact(self.trio.elsewhere, self.panel, row)
            yield self._differing(
                row, told.outcomes[0], "in another process with other surroundings and clock"
            )

    def look_ahead(self) -> Iterator[str]:
        """Yield what changes with the bars after the session asked about."""
        last, tempted = len(self.panel.sessions) - 1, self.trio.tempted
        self.watch.show(tempted, self.panel, last)
        kinds = tuple(FUTURES.items())
        for number, row in enumerate(self.sample("ahead", 1)):
            what, change = kinds[-1] if row == last else kinds[number % len(kinds)]
            other = change(self.panel, row, self.bench.chance, f"future/{number}")
            told = self.watch.show(tempted, other, row)
            yield self._differing(row, told.outcomes[0], what)

    def look_back(self) -> Iterator[str]:
        """Yield what changes with bars before the declared look-back."""
        for number, row in enumerate(self.sample("back", 3, least=24)):
            what = PASTS[number % len(PASTS)]
            other = other_past(
                what,
                self.panel.until(row),
                self.watch.needed,
                self.bench.chance,
                f"past/{number}",
            )
            if other is not None:
                told = self.watch.exact(self.trio.plain, other, len(other.sessions) - 1)
                yield self._differing(row, told.outcomes[0], what)

    def dates(self) -> Iterator[str]:
        """Yield what changes when everything happens 28 years later."""
        deep = max((sessions for _, sessions in self.watch.needed.lookbacks), default=1)
        rows = min(deep + 2, len(self.panel.sessions))
        ends = self.sample("eras", 1, least=40)
        for number, day in enumerate(self._days()):
            end = max(ends[number % len(ends)], rows - 1)
            bars = self.panel.until(end)
            now, then = (
                self.watch.exact(
                    self.trio.plain, _labelled(bars, rows, day, years), rows - 1
                ).outcomes[0]
                for years in (0, CYCLE)
            )
            yield differing(day, now, then, f"{CYCLE} years later, on the same bars,")

    def _days(self) -> Iterator[date]:
        """Yield the days to try: those that the source knows and their neighbours, then others."""
        first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
        drawn = self.bench.rows("days", self.bench.share(2, least=60), last, first=first)
        near = [day.toordinal() + step for day in self.known for step in range(-2, 5)]
        step = max(1, len(near) // max(len(drawn), 1))
        for number in chain(near[::step], drawn):
            if first <= number <= last and date.fromordinal(number).weekday() in WORKDAYS:
                yield date.fromordinal(number)

    def symbols(self) -> Iterator[str]:
        """Yield what is read or held beyond what was declared, or changes with other symbols."""
        yield from self.watch.strange
        own = self.watch.needed.symbols()
        strangers = [name for name in STRANGERS if name not in own]
        for number, row in enumerate(self.sample("symbols", 8)):
            other = made_up(
                self.bench.chance, f"strangers/{number % 4}", self.panel.sessions, strangers
            )
            told = self.watch.exact(self.trio.plain, beside(self.panel, other), row)
            yield self._differing(row, told.outcomes[0], "with other strategies' symbols in view")
            yield next(iter(self.watch.strange), "")

    def missing_data(self) -> Iterator[str]:
        """Yield what fails for want of data."""
        for what, panel, rows in missing.panels(self.bench, self.panel):
            for row in rows:
                told = self.watch.exact(self.trio.plain, panel, row)
                for outcome in told.outcomes:
                    yield missing.finding(panel.sessions[row], what, outcome)

    def budget(self) -> Iterator[str]:
        """Yield what is too slow, or grows."""
        slow = sorted(self.seconds)[int(SLOWEST * len(self.seconds))]
        if slow > SECONDS_MAX or self.is_slow():
            yield f"a decision takes {slow:.2f} s, and may take {SECONDS_MAX:g} s at most."
        plain, last = self.trio.plain, len(self.panel.sessions) - 1
        count = self.bench.share(3, least=40)
        sizes = [plain.memory()]
        for _ in range(3):  # the first fills what is filled once
            for back in range(count):
                self.watch.exact(plain, self.panel, last - back % 5)
                yield ""
            sizes.append(plain.memory())
        growth = min(sizes[3] - sizes[2], sizes[2] - sizes[1]) / count
        if growth > GROWTH_MAX:
            yield f"it keeps {growth:.0f} bytes of every decision for ever."

    def weights(self) -> Iterator[str]:
        """Yield what is no portfolio, or more than was declared."""
        for row, outcome in self.truth.items():
            if isinstance(outcome, Failed):
                yield f"as of {self.panel.sessions[row]} it failed: {outcome.reason}"
        yield from self.watch.heavy
        if not self.watch.decided:
            yield (
                f"it was undecided at all of {self.watch.asked} questions, so that nothing is "
                "proved: try it on bars on which it decides, with --data."
            )
        yield from repeat("", self.watch.decided)

    def _differing(self, row: int, now: StrategyOutcome, circumstances: str) -> str:
        return differing(self.panel.sessions[row], self.truth[row], now, circumstances)


def _labelled(bars: BarPanel, rows: int, last: date, years: int) -> BarPanel:
    """Return the last `rows` of `bars` as if they ended on `last`, so many years later."""
    part = since(bars, len(bars.sessions) - rows)
    days = (day.replace(year=day.year + years) for day in weekdays_until(last, rows))
    return replace(part, sessions=tuple(days))
