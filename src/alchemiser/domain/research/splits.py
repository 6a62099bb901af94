"""Which sessions may be looked at before others are decided.

A window is trained on some sessions and tested on later ones, or on those between. Purging leaves
out training sessions whose outcome was not known yet when the test began, embargo those after a
test that still tell of it (Lopez de Prado 2018, chapter 7).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.values.errors import InvalidValueError

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """Hold one choice and its test.

    Attributes:
        train: Rows that are looked at, int (K,), ascending.
        test: Rows that the choice is tested on, int (M,), ascending, none of them in `train`.
    """

    train: Rows
    test: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Say how windows go through history, in sessions.

    Attributes:
        train: How many are looked at, at least 2.
        test: How many a choice is tested on, at least 1.
        step: How far the next test begins after this one, at least 1; a smaller one than `test`
            would test sessions twice, and is refused.
        purge: How many are left out before each test, at or above 0.
        anchored: Whether training always begins with the first session, and grows.
    """

    train: int
    test: int
    step: int
    purge: int = 0
    anchored: bool = False

    def __post_init__(self) -> None:
        if self.train < 2 or self.test < 1 or self.purge < 0:  # noqa: PLR2004 - a deviation
            msg = (
                f"windows train on at least 2 sessions and test on at least 1, with none or more "
                f"left out between: not {self.train}, {self.test} and {self.purge}."
            )
            raise InvalidValueError(msg)
        if self.step < self.test:
            msg = f"a step of {self.step} sessions tests some twice: step {self.test} or more."
            raise InvalidValueError(msg)


def walk(sessions: int, how: Walk) -> tuple[Window, ...]:
    """Return the windows through so many sessions; the last test may be shorter.

    Raises:
        InvalidValueError: When there are too few sessions for one.
    """
    windows = []
    for start in range(how.train + how.purge, sessions, how.step):
        last = start - how.purge
        first = 0 if how.anchored else last - how.train
        windows.append(
            Window(
                train=np.arange(first, last),
                test=np.arange(start, min(start + how.test, sessions)),
            )
        )
    if not windows:
        msg = (
            f"{sessions} sessions are too few to train on {how.train} and test what follows: "
            "take fewer with --train, or more years."
        )
        raise InvalidValueError(msg)
    return tuple(windows)


def folds(sessions: int, count: int, *, purge: int = 0, embargo: int = 0) -> tuple[Window, ...]:
    """Return windows that test each of `count` equal parts, and train on all of the others.

    Of these, `purge` sessions before the part and `purge` + `embargo` after it are left out: what
    is held when the part ends was chosen within it.

    Raises:
        InvalidValueError: When there are fewer than two parts, a number is negative, or nothing is
            left to train on.
    """
    if count < 2 or purge < 0 or embargo < 0:  # noqa: PLR2004 - one part leaves nothing to train on
        msg = f"there are at least 2 folds, and nothing negative is left out: not {count} folds."
        raise InvalidValueError(msg)
    windows = []
    for test in np.array_split(np.arange(sessions), count):
        if not test.size:
            msg = f"{sessions} sessions are too few for {count} folds: take fewer folds."
            raise InvalidValueError(msg)
        before = np.arange(0, max(test[0] - purge, 0))
        after = np.arange(test[-1] + 1 + purge + embargo, sessions)
        windows.append(Window(train=np.concatenate((before, after)), test=test))
    if min(len(window.train) for window in windows) < 2:  # noqa: PLR2004 - a deviation
        msg = "too little is left to train on: take fewer sessions out, or more folds."
        raise InvalidValueError(msg)
    return tuple(windows)
