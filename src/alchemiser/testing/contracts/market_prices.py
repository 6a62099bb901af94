"""What holds of the values that a source of market data serves, as numbered cases.

Subclass `MarketPricesContract` beside `MarketDataContract`, with the same fixture `bench`.
"""

from datetime import timedelta

import numpy as np

from alchemiser.domain.market.columns import panel_columns, panel_digest
from alchemiser.domain.values.numbers import ONE
from alchemiser.testing.contracts.market_data import UNKNOWN, MarketDataBench

_YEARS = timedelta(days=3_650)
_APART = 0.005
"""Returns on two bases of one price differ by no more, whole cents of cheap shares included."""


class MarketPricesContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_md_12_high_and_low_enclose_open_and_close(self, bench: MarketDataBench) -> None:
        """DA-10: where the source has them."""
        panel = bench.market.bars(bench.symbols, through=bench.last)
        between = [panel.close] if panel.open is None else [panel.close, panel.open]

        for inner in between:
            if panel.high is not None:
                assert not (inner > panel.high).any(), "nothing is above the high"
            if panel.low is not None:
                assert not (inner < panel.low).any(), "nothing is below the low"

    def test_md_13_prices_are_above_zero_and_volumes_not_below(
        self, bench: MarketDataBench
    ) -> None:
        """DA-10: a missing value is NaN, not nought."""
        panel = bench.market.bars(bench.symbols, through=bench.last)

        for name, values in panel_columns(panel).items():
            there = values[np.isfinite(values)]
            assert (there >= 0 if name == "volume" else there > 0).all(), name

    def test_md_14_a_day_without_a_session_has_the_bars_of_the_one_before(
        self, bench: MarketDataBench
    ) -> None:
        """DA-09: Saturday knows what Friday knew."""
        saturday = bench.last - timedelta(days=(bench.last.weekday() - 5) % 7)
        before = bench.calendar.sessions(saturday - timedelta(days=7), saturday)[-1].day

        asked = bench.market.bars(bench.symbols, through=saturday)

        assert asked.sessions[-1] == before
        assert panel_digest(asked) == panel_digest(bench.market.bars(bench.symbols, through=before))

    def test_md_15_bars_cannot_be_written_to(self, bench: MarketDataBench) -> None:
        """DA-12: one reader cannot change what another reads."""
        panel = bench.market.bars(bench.symbols, through=bench.last)

        assert not any(values.flags.writeable for values in panel_columns(panel).values())

    def test_md_16_an_unknown_symbol_beside_them_changes_no_value(
        self, bench: MarketDataBench
    ) -> None:
        """DA-04: what cannot be served does not spoil what can."""
        alone = bench.market.bars(bench.symbols, through=bench.last)

        beside = bench.market.bars((*bench.symbols, UNKNOWN), through=bench.last)

        for name, values in panel_columns(alone).items():
            there = [beside.symbols.index(symbol) for symbol in bench.symbols]
            np.testing.assert_array_equal(panel_columns(beside)[name][:, there], values)

    def test_md_17_nobody_asked_for_has_no_quote(self, bench: MarketDataBench) -> None:
        """DA-02."""
        at = bench.session().close_at - timedelta(minutes=15)

        assert bench.market.quotes((), at=at) == ()
        assert bench.market.quotes((UNKNOWN,), at=at) == ()

    def test_md_18_a_quote_is_the_same_alone_and_among_others(self, bench: MarketDataBench) -> None:
        """DA-02: of one moment."""
        at = bench.session().close_at - timedelta(minutes=15)

        together = bench.market.quotes(bench.symbols, at=at)

        assert tuple(bench.market.quotes((one.symbol,), at=at)[0] for one in together) == together

    def test_md_19_quotes_before_the_open_are_of_before_it(self, bench: MarketDataBench) -> None:
        """DA-02, BT-02: none comes from the hours ahead."""
        at = bench.session().open_at - timedelta(hours=1)

        assert all(one.at <= at for one in bench.market.quotes(bench.symbols, at=at))

    def test_md_20_a_spread_is_a_small_part_of_its_price(self, bench: MarketDataBench) -> None:
        """DA-02: of the liquid symbols of a bench."""
        at = bench.session().close_at - timedelta(minutes=15)

        for one in bench.market.quotes(bench.symbols, at=at):
            assert (one.ask - one.bid) / one.mid() < ONE / 20, one.symbol

    def test_md_21_both_bases_tell_the_same_returns_but_for_actions(
        self, bench: MarketDataBench
    ) -> None:
        """DA-07: total return and trading basis part on ex-days alone."""
        panel = bench.market.bars(bench.symbols, through=bench.last)
        if panel.raw_close is None:
            return
        ratio = panel.close / panel.raw_close
        moved = np.abs(ratio[1:] / ratio[:-1] - 1) > _APART
        told = bench.market.corporate_actions(
            bench.symbols, first=panel.sessions[0], last=bench.last
        )

        parted = {
            (panel.sessions[row + 1], panel.symbols[column]) for row, column in np.argwhere(moved)
        }
        assert parted <= {(one.ex_day, one.symbol) for one in told}

    def test_md_22_no_action_is_told_that_does_nothing(self, bench: MarketDataBench) -> None:
        """OS-20: each splits or pays."""
        told = bench.market.corporate_actions(
            bench.symbols, first=bench.last - _YEARS, last=bench.last
        )

        assert all(one.split != ONE or one.dividend > 0 for one in told)

    def test_md_23_actions_of_two_halves_are_those_of_the_whole(
        self, bench: MarketDataBench
    ) -> None:
        """OS-20: both ends belong to a range."""
        first, middle = bench.last - _YEARS, bench.last - _YEARS / 2
        ask = bench.market.corporate_actions

        halves = (
            *ask(bench.symbols, first=first, last=middle),
            *ask(bench.symbols, first=middle + timedelta(days=1), last=bench.last),
        )

        assert halves == ask(bench.symbols, first=first, last=bench.last)

    def test_md_24_an_inverted_range_has_no_actions(self, bench: MarketDataBench) -> None:
        """OS-20."""
        day = bench.last - timedelta(days=1)

        assert bench.market.corporate_actions(bench.symbols, first=bench.last, last=day) == ()

    def test_md_25_bars_end_with_the_day_asked_for(self, bench: MarketDataBench) -> None:
        """BT-02: nothing later is there, whatever the source has."""
        for session in bench.calendar.sessions(bench.last - timedelta(days=7), bench.last):
            panel = bench.market.bars(bench.symbols, through=session.day)

            assert panel.sessions[-1] == session.day
