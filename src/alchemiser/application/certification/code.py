"""Trying free-form code: the same question under other circumstances has the same answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import repeat
from statistics import median
from typing import Final

from alchemiser.application.certification import missing
from alchemiser.application.certification.bench import Bench, Watch
from alchemiser.application.certification.futures import FUTURES, PASTS, other_past
from alchemiser.application.certification.lots import are_drawn
from alchemiser.application.certification.outcomes import differing
from alchemiser.application.certification.panels import (
    beside,
    made_up,
    since,
    weekdays_until,
)
from alchemiser.application.certification.trio import Trio
from alchemiser.application.certification.years import twin
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.values.errors import PluginError
from alchemiser.domain.values.identifiers import Symbol

STRANGERS: Final = tuple(map(Symbol, ("AAA", "BIL", "QQQ", "SPY", "TLT", "UVXY", "ZZZZ")))
"""Symbols that other strategies of the same account might read."""
SECONDS_MAX: Final = 0.5
SLOWEST: Final = 0.99
"""Which part of the decisions has to be faster."""
FIRST: Final = 10
"""Decisions after which it shows whether thousands more can be waited for."""
KEPT_MAX: Final = 2_048
"""Bytes that a strategy may keep of each decision: a bar of a few symbols, but no view."""
PEAK_MAX: Final = 1 << 29
"""Bytes that a strategy may take beyond what it took when it was built."""
LOOPS: Final = 3
SLOWING_MAX: Final = 3
PACE_MIN: Final = 0.02
"""Seconds below which slowing down is left to chance."""
FIRST_DAY: Final = date(1996, 1, 1)
LAST_DAY: Final = date(2027, 12, 31)
FRESH: Final = 200
"""Days that tell a generator seeded by the date from knowledge of certain dates."""
WORKDAYS: Final = range(5)


@dataclass(slots=True, kw_only=True)
class CodeTrial:
    """Try free-form code on `panel`; `known` dates and `named` symbols stand in its source."""

    bench: Bench
    trio: Trio
    panel: BarPanel
    watch: Watch
    known: Sequence[date]
    named: Sequence[Symbol]
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
        yield from (f"it {what}." for what in plain.describe().unsteady)
        for row in sorted(self.sample("descending", 8), reverse=True):
            told = self.watch.exact(plain, self.panel, row)
            yield self._differing(row, told.outcomes[0], "asked after later sessions")
        for row in self.sample("shuffled", 8):
            told = self.watch.exact(plain, self.panel, row, times=2)
            for outcome in told.outcomes:
                yield self._differing(row, outcome, "asked in another order or again")
        for row in self.sample("fresh", 20):
            told = self.watch.exact(plain, self.panel, row, fresh=True)
            yield self._differing(row, told.outcomes[0], "built anew")
        yield from self._after_other_bars()
        yield from self._elsewhere()

    def _after_other_bars(self) -> Iterator[str]:
        """Ask about the same sessions on other bars first: only the bars in view may count."""
        sessions, names = self.panel.sessions, self.panel.symbols
        other = made_up(self.bench.chance, "other", sessions, names)
        rows = self.sample("other", 6)
        for row in rows:
            self.watch.exact(self.trio.tempted, other, row)
        for row in rows:
            told = self.watch.exact(self.trio.tempted, self.panel, row)
            yield self._differing(row, told.outcomes[0], "asked about other bars before")

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
        for number, process in enumerate(self.trio.others_for(self.bench.cuts)):
            for row in self.sample(f"others/{number}", 50):
                told = self.watch.exact(process, self.panel, row)
                yield self._differing(row, told.outcomes[0], "in another process")

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
        for number, row in enumerate(self.sample("back", 3, least=48)):
            what = PASTS[max(0, number % (len(PASTS) + 1) - 1)]
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
        """Yield what changes when everything happens in an unknown year with the same calendar."""
        for number, day in enumerate(self._days()):
            later = day.replace(year=twin(day.year))
            now, then = self._dated(number, day), self._dated(number, later)
            found = differing(day, now, then, f"on the same bars, as if it were {later},")
            if found and are_drawn(self._dated, self._drawn_days("lots", FRESH)):
                return
            yield found

    def _dated(self, number: int, last: date) -> StrategyOutcome:
        """Return what is decided on some bars as if they ended on `last`."""
        deep = max((sessions for _, sessions in self.watch.needed.lookbacks), default=1)
        rows, ends = min(deep + 2, len(self.panel.sessions)), self.sample("eras", 1, least=40)
        bars = self.panel.until(max(ends[number % len(ends)], rows - 1))
        return self.watch.exact(self.trio.plain, _labelled(bars, rows, last), rows - 1).outcomes[0]

    def _days(self) -> Iterator[date]:
        """Yield the days to try: those that the source knows and their neighbours, then others."""
        count = self.bench.share(2, least=60)
        near = [day + timedelta(days=step) for day in self.known for step in range(-2, 5)]
        step = max(1, len(near) // count)
        yield from (day for day in near[::step] if FIRST_DAY <= day <= LAST_DAY and _works(day))
        yield from self._drawn_days("days", count)

    def _drawn_days(self, stream: str, count: int) -> Iterator[date]:
        first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        drawn = map(date.fromordinal, self.bench.rows(stream, count, last, first=first))
        yield from filter(_works, drawn)

    def symbols(self) -> Iterator[str]:
        """Yield what is read or held beyond what was declared, or changes with other symbols."""
        yield from self.watch.strange
        own = self.watch.needed.symbols()
        strangers = [name for name in (*STRANGERS, *self.named) if name not in own]
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
        sizes, paces = [plain.memory()], []
        for _ in range(LOOPS):  # the first fills what is filled once
            paces.append(self._pace(count))
            yield from repeat("", count)
            sizes.append(plain.memory())
        self.watch.exact(plain, self.panel, last, fresh=True)
        first = min(paces[0], self._pace(FIRST))
        kept = min(sizes[3].kept - sizes[2].kept, sizes[2].kept - sizes[1].kept) / count
        if kept > KEPT_MAX:
            yield f"it keeps {kept:.0f} bytes of every decision for ever."
        if sizes[-1].peak > PEAK_MAX:
            yield f"it takes {sizes[-1].peak >> 20} MiB, and may take {PEAK_MAX >> 20} at most."
        if paces[-1] > SLOWING_MAX * first and paces[-1] > PACE_MIN:
            yield f"it becomes slower: from {first:.3f} to {paces[-1]:.3f} s a decision."

    def _pace(self, count: int) -> float:
        """Return the seconds that one of `count` decisions takes, the median."""
        last = len(self.panel.sessions) - 1
        asked = (last - back % 5 for back in range(count))
        return median(self.watch.exact(self.trio.plain, self.panel, row).seconds for row in asked)

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


def _works(day: date) -> bool:
    return day.weekday() in WORKDAYS


def _labelled(bars: BarPanel, rows: int, last: date) -> BarPanel:
    """Return the last `rows` of `bars` as if they ended on `last`."""
    part = since(bars, len(bars.sessions) - rows)
    return replace(part, sessions=weekdays_until(last, rows))
