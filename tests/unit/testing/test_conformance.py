"""The suites over the local venue: all the cases there are, some of them run here."""

import pytest

from alchemiser.testing.conformance import Suite, suites
from alchemiser.testing.contracts.running import numbered

CASES = 80
FIRST_OF_EACH = {"BR-04", "BR-19", "BR-35", "BC-01", "MD-09", "MD-21", "ST-03", "CA-04"}


def test_there_are_enough_and_none_twice() -> None:
    """They are run whole by `alchemiser conformance`, and by the contract tests of each adapter."""
    numbers = [number for one in suites() for number in one.numbers()]

    assert len(numbers) == len(set(numbers))
    assert len(numbers) >= CASES


@pytest.mark.parametrize("suite", suites(), ids=lambda one: one.contract.__name__)
def test_a_case_of_each_suite_holds_at_a_venue_of_its_own(suite: Suite) -> None:
    wanted = {number for number, _, _ in numbered(suite.contract)} & FIRST_OF_EACH
    left_out = {number: "not here" for number in suite.numbers() if number not in wanted}
    few = Suite(contract=suite.contract, bench=suite.bench, left_out=left_out)

    results = list(few.run())

    assert {one.id for one in results} == wanted
    assert wanted
    assert [one for one in results if not one.ok] == []
