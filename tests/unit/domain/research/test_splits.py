"""What a choice is tested on was not looked at, and nothing that tells of it either."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.research.splits import Walk, folds, walk
from alchemiser.domain.values.errors import InvalidValueError


def test_windows_roll() -> None:
    found = walk(20, Walk(train=8, test=4, step=4))

    assert [(one.train[0], one.train[-1], one.test[0], one.test[-1]) for one in found] == [
        (0, 7, 8, 11),
        (4, 11, 12, 15),
        (8, 15, 16, 19),
    ]


def test_windows_grow_where_they_are_anchored() -> None:
    found = walk(19, Walk(train=8, test=4, step=4, anchored=True))

    assert [(one.train[0], one.train[-1], one.test[0], one.test[-1]) for one in found] == [
        (0, 7, 8, 11),
        (0, 11, 12, 15),
        (0, 15, 16, 18),
    ]


def test_purging_leaves_out_the_sessions_before_a_test() -> None:
    (one,) = walk(13, Walk(train=8, test=4, step=4, purge=3))

    assert (one.train[0], one.train[-1], one.test[0]) == (0, 7, 11)


@given(
    sessions=st.integers(10, 400),
    train=st.integers(2, 60),
    test=st.integers(1, 60),
    gap=st.integers(0, 20),
    purge=st.integers(0, 10),
    anchored=st.booleans(),
)
def test_training_ends_before_the_test_begins(
    sessions: int, train: int, test: int, gap: int, purge: int, *, anchored: bool
) -> None:
    """BT-07: and no session is tested twice."""
    how = Walk(train=train, test=test, step=test + gap, purge=purge, anchored=anchored)
    if sessions <= train + purge:
        with pytest.raises(InvalidValueError, match="are too few to train on"):
            walk(sessions, how)
        return

    found = walk(sessions, how)

    tested = np.concatenate([one.test for one in found])
    assert len(set(tested.tolist())) == len(tested)
    for one in found:
        assert one.train[-1] + purge < one.test[0]
        assert len(one.train) >= train
        assert one.test[-1] < sessions


@given(
    sessions=st.integers(10, 400),
    count=st.integers(2, 8),
    purge=st.integers(0, 5),
    embargo=st.integers(0, 5),
)
def test_folds_test_every_session_once_and_keep_their_distance(
    sessions: int, count: int, purge: int, embargo: int
) -> None:
    """BT-09: purged before, purged and embargoed after."""
    try:
        found = folds(sessions, count, purge=purge, embargo=embargo)
    except InvalidValueError as error:
        assert "too little is left" in str(error)  # noqa: PT017 - refused or right
        return

    assert np.concatenate([one.test for one in found]).tolist() == list(range(sessions))
    for one in found:
        before, after = one.train[one.train < one.test[0]], one.train[one.train > one.test[-1]]
        assert not before.size or before[-1] + purge < one.test[0]
        assert not after.size or after[0] - purge - embargo > one.test[-1]
        left_out = sessions - len(one.train) - len(one.test)
        assert left_out <= 2 * purge + embargo


@pytest.mark.parametrize(
    ("train", "test", "step", "purge", "told"),
    [
        (1, 1, 1, 0, "train on at least 2"),
        (2, 0, 1, 0, "test on at least 1"),
        (2, 1, 1, -1, "with none or more left out"),
        (9, 5, 4, 0, "a step of 4 sessions tests some twice: step 5 or more"),
    ],
)
def test_windows_that_cannot_be(train: int, test: int, step: int, purge: int, told: str) -> None:
    with pytest.raises(InvalidValueError, match=told):
        Walk(train=train, test=test, step=step, purge=purge)


def test_folds_that_cannot_be() -> None:
    with pytest.raises(InvalidValueError, match="at least 2 folds"):
        folds(10, 1)
    with pytest.raises(InvalidValueError, match="too few for 12 folds"):
        folds(10, 12)
    with pytest.raises(InvalidValueError, match="too little is left to train on"):
        folds(10, 2, purge=5)


@given(
    sessions=st.integers(40, 80),
    count=st.integers(2, 5),
    horizon=st.integers(0, 4),
    embargo=st.integers(0, 4),
)
def test_folds_leave_out_what_the_definition_says_and_nothing_more(
    sessions: int, count: int, horizon: int, embargo: int
) -> None:
    """BT-09: Lopez de Prado (2018), sections 7.4.1 and 7.4.2, label by label.

    What is chosen at a session is known `horizon` sessions later. A label is purged that overlaps
    one of the test, and embargoed that begins too soon after the last of those.
    """
    for one in folds(sessions, count, purge=horizon, embargo=embargo):
        tested = {at for first in one.test for at in range(first, first + horizon + 1)}
        embargoed = range(max(tested) + 1, max(tested) + 1 + embargo)
        allowed = [
            first
            for first in range(sessions)
            if tested.isdisjoint(range(first, first + horizon + 1)) and first not in embargoed
        ]
        assert one.train.tolist() == allowed


def test_a_small_history_is_parted_as_by_hand() -> None:
    """BT-09: ten sessions, three parts of 4, 3 and 3, known a session later, embargo of one."""
    found = folds(10, 3, purge=1, embargo=1)

    assert [(one.test.tolist(), one.train.tolist()) for one in found] == [
        ([0, 1, 2, 3], [6, 7, 8, 9]),
        ([4, 5, 6], [0, 1, 2, 9]),
        ([7, 8, 9], [0, 1, 2, 3, 4, 5]),
    ]
