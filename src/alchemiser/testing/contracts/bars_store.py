"""What every bars store must do, as numbered cases.

Subclass `BarsStoreContract` in a test module and give a fixture `bench` that returns a
`BarsStoreBench` over a place where nobody has written yet.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np

from alchemiser.domain.market.bars import BarPanel, BarsReference
from alchemiser.domain.market.columns import panel_digest
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.bars_store import BarsStorePort
from alchemiser.ports.errors import InputError

_MONDAY = datetime(2024, 8, 5, 19, 45, tzinfo=UTC)
_TUESDAY = datetime(2024, 8, 6, 19, 45, tzinfo=UTC)
_DAYS = tuple(date(2024, 7, day) for day in (29, 30, 31)) + tuple(
    date(2024, 8, day) for day in (1, 2, 5, 6)
)
_NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsStoreBench:
    """Open handles on one store.

    Attributes:
        open: Returns a handle as another process would have it.
    """

    open: Callable[[], BarsStorePort]


def panel(close: list[list[float]], names: str = "AGG SPY", **columns: Floats) -> BarPanel:
    """Return a panel of these closes, one row a session from 29 July 2024 on."""
    symbols = tuple(Symbol(name) for name in names.split())
    return BarPanel(
        sessions=_DAYS[: len(close)],
        symbols=symbols,
        close=np.array(close).reshape(len(close), len(symbols)),
        volume=columns.get("volume"),
        raw_close=columns.get("raw_close"),
    )


_FIRST = [[_NAN, 544.76], [98.11, 542.0], [98.73, 550.81]]


class BarsStoreContract:
    """State the cases; a subclass named `Test…` with a fixture `bench` runs them."""

    def test_bs_01_a_panel_comes_back_bit_for_bit(self, bench: BarsStoreBench) -> None:
        """CA-02: values that only just exist, both zeros, no bar, and what no column is."""
        seen = panel(
            [[_NAN, 5e-324], [-0.0, 1.7e308], [0.1 + 0.2, float("inf")]],
            volume=np.array([[_NAN, 3.0], [0.0, 7.0], [11.0, _NAN]]),
        )

        reference = bench.open().record(seen, seen_at=_MONDAY)
        again = bench.open().read(reference)

        assert (again.sessions, again.symbols) == (seen.sessions, seen.symbols)
        assert again.close.tobytes() == seen.close.tobytes()
        assert again.volume is not None
        assert np.signbit(again.close[1, 0])
        assert (again.open, again.high, again.low, again.raw_close) == (None, None, None, None)
        assert panel_digest(again) == panel_digest(seen) == reference.digest

    def test_bs_02_the_reference_says_what_it_refers_to(self, bench: BarsStoreBench) -> None:
        """CA-02."""
        reference = bench.open().record(panel(_FIRST), seen_at=_MONDAY)

        assert reference.symbols == ("AGG", "SPY")
        assert (reference.first, reference.last) == (_DAYS[0], _DAYS[2])

    def test_bs_03_the_same_panel_again_adds_nothing(self, bench: BarsStoreBench) -> None:
        """DA-06: and gives the same reference."""
        first = bench.open().record(panel(_FIRST), seen_at=_MONDAY)

        assert bench.open().record(panel(_FIRST), seen_at=_TUESDAY) == first

    def test_bs_04_a_later_session_leaves_the_earlier_panel(self, bench: BarsStoreBench) -> None:
        """DA-06."""
        early = bench.open().record(panel(_FIRST), seen_at=_MONDAY)
        late = bench.open().record(panel([*_FIRST, [99.5, 543.01]]), seen_at=_TUESDAY)

        assert panel_digest(bench.open().read(early)) == panel_digest(panel(_FIRST))
        assert bench.open().read(late).close[-1].tolist() == [99.5, 543.01]
        assert bench.open().read(late).close[1].tolist() == [98.11, 542.0]

    def test_bs_05_a_revision_leaves_what_was_decided_on(self, bench: BarsStoreBench) -> None:
        """CA-02: revised, revised to no bar, and revised back."""
        revised = [[97.6, 544.76], [98.11, 541.99], [_NAN, 550.81]]
        store = bench.open()

        references = [
            (rows, store.record(panel(rows), seen_at=_MONDAY))
            for rows in (_FIRST, revised, _FIRST, [*revised, [99.5, 543.01]])
        ]

        for rows, reference in references:
            assert panel_digest(bench.open().read(reference)) == panel_digest(panel(rows))

    def test_bs_06_panels_of_other_symbols_do_not_mix(self, bench: BarsStoreBench) -> None:
        """DA-04: strategies come and go."""
        store = bench.open()
        one = store.record(panel(_FIRST), seen_at=_MONDAY)
        two = store.record(panel([[7.01, 544.76], [7.02, 542.0]], "SMR SPY"), seen_at=_MONDAY)

        assert store.read(one).symbols == ("AGG", "SPY")
        assert store.read(two).close.tolist() == [[7.01, 544.76], [7.02, 542.0]]
        assert store.record(panel(_FIRST), seen_at=_TUESDAY) == one

    def test_bs_07_a_column_more_or_less_is_another_panel(self, bench: BarsStoreBench) -> None:
        """DA-11: a trading basis that comes later, and one that goes."""
        store = bench.open()
        raw = np.array(_FIRST) * 2
        without = store.record(panel(_FIRST), seen_at=_MONDAY)
        with_raw = store.record(panel(_FIRST, raw_close=raw), seen_at=_MONDAY)
        store.record(panel([*_FIRST, [99.5, 543.01]]), seen_at=_TUESDAY)

        again = store.read(with_raw)

        assert again.raw_close is not None
        np.testing.assert_array_equal(again.raw_close, raw)
        assert store.read(without).raw_close is None

    def test_bs_08_a_provisional_bar_stays_one(self, bench: BarsStoreBench) -> None:
        """DA-10: also when the closed bar turns out the same."""
        store = bench.open()
        guess = replace(panel(_FIRST), provisional=True)
        provisional = store.record(guess, seen_at=_MONDAY)
        closed = store.record(panel(_FIRST), seen_at=_TUESDAY)

        assert store.read(provisional).provisional
        assert not store.read(closed).provisional

    def test_bs_09_sessions_without_any_bar_keep_their_place(self, bench: BarsStoreBench) -> None:
        """DA-09: the axis is the exchange's, not the data's."""
        empty = panel([[_NAN, _NAN], [98.11, _NAN], [_NAN, _NAN]])

        reference = bench.open().record(empty, seen_at=_MONDAY)

        assert bench.open().read(reference).sessions == _DAYS[:3]

    def test_bs_10_a_reference_that_fits_nothing_is_refused(self, bench: BarsStoreBench) -> None:
        """CA-02: other bars are never passed off as the ones that were decided on."""
        store = bench.open()
        reference = store.record(panel(_FIRST), seen_at=_MONDAY)

        assert _is_refused(store, replace(reference, digest="0" * 64)), "a digest"
        assert _is_refused(store, replace(reference, revision=reference.revision + 7)), "a revision"


def _is_refused(store: BarsStorePort, reference: BarsReference) -> bool:
    try:
        store.read(reference)
    except InputError as error:
        return reference.digest[:12] in str(error)
    return False
