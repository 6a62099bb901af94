"""What is told of limits that are not as they were."""

from alchemiser.domain.journal.restrictions import LimitsInForce


def limits(**values: str) -> LimitsInForce:
    return LimitsInForce(values=tuple(values.items()))


def test_what_changed_came_or_went_is_told_and_nothing_else() -> None:
    """RC-16, K05: a limit taken away is the change that matters most."""
    before = limits(kept="1", tightened="2", taken_away="0.1")
    now = limits(kept="1", tightened="1", added="3")

    assert now.changed(before) == (
        "tightened from 2 to 1",
        "added from not set to 3",
        "taken_away from 0.1 to not set",
    )
