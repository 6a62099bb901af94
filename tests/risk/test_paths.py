"""Through sessions of gains and losses, what was lost ends the buying (RC-06, RC-08, RC-17)."""

from typing import Final

import pytest

from alchemiser.domain.orders.messages import Side
from tests.risk.draws import SEED
from tests.risk.laws import Tally
from tests.risk.paths import LOSSES, SESSIONS, walk

CHUNKS: Final = 6
PATHS: Final = 60


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_session_of_a_path_makes_a_limit_exceeded(chunk: int) -> None:
    """RC-06, RC-08, RC-17: nothing is bought after a loss; that is among the laws."""
    tally, falls = Tally(), 0
    for number in range(chunk * PATHS, (chunk + 1) * PATHS):
        try:
            equities = walk(number, tally)
        except Exception as error:
            error.add_note(f"This is path {number} of seed {SEED}.")
            raise
        assert len(equities) == SESSIONS + 1
        falls += min(equities) < equities[0]
    assert falls > PATHS // 2
    assert min(tally.bound[code] for code in LOSSES) >= 50, tally.bound
    assert min(tally.approved[side] for side in Side) > PATHS, tally.approved
