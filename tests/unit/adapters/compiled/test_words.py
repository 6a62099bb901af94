"""Machine code is called with what it was made for, or not at all."""

import numpy as np
import pytest

from alchemiser.adapters.compiled.words import Words
from tests.unit.adapters.compiled.loops import example, example_of_kinds

ROWS = np.ones(4)
READ = np.ones(4)
READ.flags.writeable = False


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (ROWS,),
        (ROWS, ROWS, ROWS),
        (ROWS, 1.0),
        (ROWS, [1.0]),
        (ROWS, None),
        (ROWS, ROWS.astype(np.float32)),
        (ROWS, ROWS.astype(">f8")),
        (ROWS, ROWS[:, None]),
        (ROWS, ROWS[::2]),
        (ROWS, READ),
        (ROWS, np.zeros(33, np.uint8)[1:].view(np.float64)),
    ],
)
def test_what_it_was_not_made_for_is_refused(arguments: tuple[object, ...]) -> None:
    """Machine code would read what lies beside an array otherwise."""
    words = Words.of(example())

    with pytest.raises(TypeError, match="machine code takes"):
        words(arguments)


def test_numbers_arrays_and_what_is_one_of_them_are_taken() -> None:
    """A float of numpy is a float, and what is only read may be written to."""
    kinds, _, *arrays = example_of_kinds()
    words = Words.of((kinds, 1.0, *arrays))

    told = words((kinds, np.float64(2.5), *arrays))

    assert len(told) == 8 * (5 + 3)
    assert np.frombuffer(told[40:48]).tolist() == [2.5]
    assert np.frombuffer(told, np.int64)[6] == id(arrays[0])


def test_no_loop_takes_anything_else() -> None:
    with pytest.raises(TypeError, match="a loop takes"):
        Words.of((ROWS, "text"))


def test_other_types_are_other_code() -> None:
    values = np.ones(1)
    different = ((values,), (values, values), (READ,), (values[None],), (values > 0,), (1.0,), (1,))

    assert len({str(Words.of(one)) for one in different}) == len(different)
