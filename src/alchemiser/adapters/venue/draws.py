"""The venue's chance and its names: functions of a seed, so that a repeat is the same."""

import hashlib
from decimal import Decimal

_BYTES = 4
_RANGE = Decimal(256**_BYTES)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_LENGTH = 26
_RANDOM_BITS = 80


class Draws:
    """Draw for names: the same name gives the same draws, whatever else was drawn."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniforms(self, name: str) -> tuple[Decimal, ...]:
        """Return 16 independent uniforms in [0, 1)."""
        digest = self._digest(name)
        starts = range(0, len(digest), _BYTES)
        return tuple(Decimal(int.from_bytes(digest[at : at + _BYTES])) / _RANGE for at in starts)

    def uuid(self, name: str) -> str:
        """Return a UUID that is spelled as a random one (RFC 9562, version 4)."""
        text = self._digest(f"uuid|{name}").hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"

    def ulid(self, milliseconds: int, number: int) -> str:
        """Return an identifier that sorts by time, then by `number` (at most 2**24)."""
        chance = int.from_bytes(self._digest(f"ulid|{number}")[:7])
        value = (milliseconds << _RANDOM_BITS) | (number << 56) | chance
        digits = (value >> 5 * place & 31 for place in reversed(range(_ULID_LENGTH)))
        return "".join(_CROCKFORD[digit] for digit in digits)

    def _digest(self, name: str) -> bytes:
        return hashlib.sha512(f"{self._seed}|{name}".encode()).digest()
