"""Whatever is drawn, no order that is sent makes a limit exceeded at the broker (RC-17).

Cases are drawn by number, so that one that fails can be looked at alone:
`hold_to_the_laws(world(number), Tally())`.
"""

from collections.abc import Callable
from typing import Final

import pytest

from alchemiser.domain.orders.messages import Side
from tests.risk.draws import SEED
from tests.risk.focus import FOCUS
from tests.risk.laws import Tally, hold_to_the_laws
from tests.risk.worlds import CODES, world

CHUNKS: Final = 50
CASES: Final = 2_000
EACH: Final = -(-500 // CHUNKS)
"""Cases of each chunk in which each limit has to bind: 500 in all."""
SECTION: Final = "drawn cases in which each risk limit bound"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_order_that_is_sent_makes_a_limit_exceeded(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    """RC-17, OS-21: both gates and the release, on 100,000 accounts, plans and paths."""
    tally = Tally()
    for number in range(chunk * CASES, (chunk + 1) * CASES):
        try:
            hold_to_the_laws(world(number), tally)
        except Exception as error:
            error.add_note(f"This is case {number} of seed {SEED}.")
            raise
    for code in CODES:
        record_property(SECTION, f"{code} {tally.bound[code]}")
    assert {code: tally.bound[code] for code in CODES if tally.bound[code] < EACH} == {}
    assert min(tally.approved[side] for side in Side) > CASES // 4, tally.approved


def test_cases_are_made_for_every_limit_that_can_bind() -> None:
    assert FOCUS.keys() == set(CODES)
