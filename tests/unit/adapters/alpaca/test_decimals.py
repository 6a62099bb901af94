"""Eight digits at a time become the number that `float` makes of their text, or none at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.decimals import UnusualTextError, decimals


def read(texts: list[str], around: str = "x") -> list[float]:
    """Return the numbers in `texts`, which stand right-aligned among other letters."""
    aligned = np.array([text.rjust(16, around).encode() for text in texts], dtype="S16")
    words = aligned.view("<u8").reshape(-1, 2)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    found: list[float] = decimals(words[:, 1], lengths, lambda: words[:, 0]).tolist()
    return found


@pytest.mark.parametrize(
    "texts",
    [
        ["0"],
        ["7", "46587722", "123456789"],
        ["0.1", "0.3", "123.4567", "1"],
        ["99999999.9999999", "1.5"],
        ["9007199254740992"],
        ["1234567.1", "12345678.1", "123456789.1", "123456789"],
        ["5.", "0.0000000", "1.0"],
    ],
)
def test_numbers_of_any_length_stand_together(texts: list[str]) -> None:
    assert read(texts) == [float(text) for text in texts]


PLAIN = st.builds(
    lambda whole, part: f"{whole}.{part}" if part else str(whole),
    st.integers(0, 10**8 - 1),
    st.text("0123456789", max_size=7),
).filter(lambda text: int(text.replace(".", "")) <= 2**53)


@given(st.lists(PLAIN, min_size=1), st.sampled_from('x0."/,9'))
def test_every_bit_is_that_of_float(texts: list[str], around: str) -> None:
    """DA-10: what stands beside a number is no part of it."""
    assert read(texts, around) == [float(text) for text in texts]


@pytest.mark.parametrize(
    "odd",
    [
        "-1",
        "1e5",
        "null",
        "1.2.3",
        "1./5",
        "1/5",
        "1:5",
        "",
        " 1",
        "9007199254740993",
        "1" * 17,
        "123456789.12345678"[:17],
        "1.00000001",
        "12345.6789012345",
    ],
)
def test_what_is_no_plain_number_is_said_so(odd: str) -> None:
    """FAULTS C03: one is enough."""
    with pytest.raises(UnusualTextError):
        read(["1.5", odd, "2"])
