"""Any legal sequence of events leaves orders, books and cash exact (OS-13).

Sequences are drawn by number, so that one that fails can be looked at alone:
`hold_to_the_laws(Teller(number).story(), Hits())`. `make sequences` tells a million.
"""

from collections.abc import Callable
from typing import Final

import pytest

from alchemiser.domain.orders.order import AFTER_A_BUST, TRANSITIONS
from tests.sequences.laws import Hits, hold_to_the_laws
from tests.sequences.stories import SEED, Teller

CHUNKS: Final = 20
CASES: Final = 2_500
EACH: Final = 1_000 // CHUNKS
"""How often each chunk has to see each legal transition: 1,000 times in all."""
LEGAL: Final = (
    *(key for key, after in TRANSITIONS.items() if after is not None),
    *sorted(AFTER_A_BUST),
)
SECTION: Final = "legal transitions of an order, in drawn sequences"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_any_sequence_leaves_orders_books_and_cash_exact(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    """OS-13, FAULTS B01, B02, B14, A20, invariants 2, 3, 9, 10 and 12: 50,000 sequences."""
    hits = tally(range(chunk * CASES, (chunk + 1) * CASES))

    for status, kind in LEGAL:
        record_property(SECTION, f"{status}+{kind} {hits[status, kind]}")
    assert {key: hits[key] for key in LEGAL if hits[key] < EACH} == {}


def tally(numbers: range) -> Hits:
    """Live through the stories of `numbers` and return which transitions they met."""
    hits = Hits()
    for number in numbers:
        try:
            hold_to_the_laws(Teller(number).story(), hits)
        except Exception as error:
            error.add_note(f"This is sequence {number} of seed {SEED}.")
            raise
    return hits
