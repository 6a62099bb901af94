"""The venue's chance: a function of its seed and the order, so that a repeat is the same."""

import hashlib
from decimal import Decimal

_BYTES = 4
_RANGE = Decimal(256**_BYTES)


def uniforms(seed: int, cl_ord_id: str, match: int) -> tuple[Decimal, ...]:
    """Return 16 independent uniforms in [0, 1) for match number `match` (from 0) of one order."""
    digest = hashlib.sha512(f"{seed}|{cl_ord_id}|{match}".encode()).digest()
    return tuple(
        Decimal(int.from_bytes(digest[start : start + _BYTES], "big")) / _RANGE
        for start in range(0, len(digest), _BYTES)
    )
