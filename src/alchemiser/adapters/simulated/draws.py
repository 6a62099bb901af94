"""The venue's chance: a function of its seed and the order, so that a repeat is the same."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from struct import unpack
from typing import overload

_RANGE = Decimal(2**32)


class Uniforms(Sequence[Decimal]):
    """Hold 16 independent uniforms in [0, 1), each made when it is looked at: few ever are."""

    def __init__(self, digest: bytes) -> None:
        """Take the 64 bytes of `digest`, four for each."""
        self._numbers: tuple[int, ...] = unpack(">16I", digest)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> Decimal: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Decimal, ...]: ...
    def __getitem__(self, place: int | slice) -> Decimal | tuple[Decimal, ...]:
        if isinstance(place, slice):
            return tuple(Decimal(one) / _RANGE for one in self._numbers[place])
        return Decimal(self._numbers[place]) / _RANGE


def uniforms(seed: int, cl_ord_id: str, match: int) -> Uniforms:
    """Return 16 independent uniforms in [0, 1) for match number `match` (from 0) of one order."""
    return Uniforms(hashlib.sha512(f"{seed}|{cl_ord_id}|{match}".encode()).digest())
