"""What every source of market data must do, as numbered cases.

Subclass `MarketDataContract` in a test module and give a fixture `bench` that returns a
`MarketDataBench` over a source with at least ten sessions.
"""

from dataclasses import dataclass
from datetime import UTC, date, timedelta

import numpy as np

from alchemiser.domain.market.columns import panel_columns, panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.session import Session
from alchemiser.ports.calendar import CalendarPort
from alchemiser.ports.market_data import MarketDataPort

UNKNOWN = Symbol("ZZZZ")
_ENOUGH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDataBench:
    """Hold a source and what its tests must know of it.

    Attributes:
        market: The adapter under test.
        calendar: The exchange's sessions.
        symbols: At least two symbols that the source has from its first session on, sorted; not
            `ZZZZ`, which it must not know.
        last: A session that it has for all of them.
    """

    market: MarketDataPort
    calendar: CalendarPort
    symbols: tuple[Symbol, ...]
    last: date

    def session(self) -> Session:
        """Return the hours of `last`."""
        found = self.calendar.session(self.last)
        assert found is not None, "the bench's last day is a session"
        return found


class MarketDataContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_md_01_a_sound_source_passes_its_check(self, bench: MarketDataBench) -> None:
        """DA-08: as often as it is asked."""
        bench.market.check()
        bench.market.check()

    def test_md_02_the_axis_is_every_session(self, bench: MarketDataBench) -> None:
        """DA-09: of the exchange, from the source's first to the day asked for."""
        panel = bench.market.bars(bench.symbols, through=bench.last)

        expected = bench.calendar.sessions(panel.sessions[0], bench.last)
        assert panel.sessions == tuple(one.day for one in expected)
        assert len(panel.sessions) >= _ENOUGH

    def test_md_03_symbols_come_sorted_and_once(self, bench: MarketDataBench) -> None:
        """DA-04: however they are asked for."""
        asked = (*reversed(bench.symbols), bench.symbols[0])

        assert bench.market.bars(asked, through=bench.last).symbols == bench.symbols

    def test_md_04_known_symbols_have_prices(self, bench: MarketDataBench) -> None:
        """DA-10: closed bars, not marked provisional and not judged yet."""
        panel = bench.market.bars(bench.symbols, through=bench.last)

        assert np.isfinite(panel.close[-1]).all()
        assert (panel.close[-1] > 0).all()
        assert not panel.provisional
        assert panel.blocked is None

    def test_md_05_an_unknown_symbol_is_a_column_of_nan(self, bench: MarketDataBench) -> None:
        """DA-04: not an error, and not a price."""
        panel = bench.market.bars((*bench.symbols, UNKNOWN), through=bench.last)

        closes = panel.closes(UNKNOWN)
        assert closes is not None
        assert np.isnan(closes).all()

    def test_md_06_asking_for_fewer_symbols_changes_no_value(self, bench: MarketDataBench) -> None:
        """DA-12."""
        whole = bench.market.bars(bench.symbols, through=bench.last)
        name = bench.symbols[-1]

        alone = bench.market.bars([name], through=bench.last)

        column = whole.column(name)
        for field, array in panel_columns(alone).items():
            every = panel_columns(whole)[field][-len(array) :, column]
            np.testing.assert_array_equal(array[:, 0], every)

    def test_md_07_asking_for_less_time_gives_the_beginning(self, bench: MarketDataBench) -> None:
        """BT-02: what was known on a day does not depend on later days."""
        whole = bench.market.bars(bench.symbols, through=bench.last)
        row = len(whole.sessions) - 4

        part = bench.market.bars(bench.symbols, through=whole.sessions[row])

        assert panel_digest(part) == panel_digest(whole.until(row))

    def test_md_08_the_same_question_has_the_same_answer(self, bench: MarketDataBench) -> None:
        """BT-10."""
        first = bench.market.bars(bench.symbols, through=bench.last)
        second = bench.market.bars(bench.symbols, through=bench.last)

        assert panel_digest(first) == panel_digest(second)

    def test_md_09_quotes_in_session_are_of_that_moment(self, bench: MarketDataBench) -> None:
        """DA-02: sorted, of known symbols only, with a price on both sides."""
        at = bench.session().close_at - timedelta(minutes=15)

        quotes = bench.market.quotes((UNKNOWN, *reversed(bench.symbols)), at=at)

        assert tuple(one.symbol for one in quotes) == bench.symbols
        assert all(0 < one.bid <= one.last <= one.ask for one in quotes)
        assert all(one.at <= at and one.at.utcoffset() == timedelta(0) for one in quotes)

    def test_md_10_quotes_after_the_close_are_as_old_as_it(self, bench: MarketDataBench) -> None:
        """DA-02: age can be measured, so a stale price is not taken for a fresh one."""
        closed = bench.session().close_at

        quotes = bench.market.quotes(bench.symbols, at=closed + timedelta(hours=3))

        assert len(quotes) == len(bench.symbols)
        assert all(one.at.astimezone(UTC) <= closed for one in quotes)

    def test_md_11_corporate_actions_are_in_the_range_and_in_order(
        self, bench: MarketDataBench
    ) -> None:
        """OS-20: each once, by ex-day and symbol; none of a symbol that was not asked for."""
        first = bench.last - timedelta(days=3_650)
        names = (UNKNOWN, *reversed(bench.symbols))

        told = bench.market.corporate_actions(names, first=first, last=bench.last)

        keys = [(one.ex_day, one.symbol) for one in told]
        assert keys == sorted(set(keys))
        assert all(first <= one.ex_day <= bench.last for one in told)
        assert {one.symbol for one in told} <= set(bench.symbols)
        assert bench.market.corporate_actions(names, first=first, last=bench.last) == told
