"""How the venue says no, in Alpaca's numbers and words.

Source: the published specification and messages seen in the wild; status and code may differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MALFORMED = 40010001
FORBIDDEN = 40310000
NOT_FOUND = 40410000
UNPROCESSABLE = 42210000
TOO_MANY = 42910000
INTERNAL = 50010000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Say why a request was not carried out.

    Attributes:
        status: The HTTP status.
        code: Alpaca's number, or None where its answers have none.
        message: Alpaca's words.
        extra: Further keys of the answer.
    """

    status: int
    code: int | None
    message: str
    extra: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """Return the body of the answer."""
        numbered = {} if self.code is None else {"code": self.code}
        return {**numbered, "message": self.message, **self.extra}


def malformed(message: str) -> Refused:
    """Refuse a request that cannot be understood: 422."""
    return Refused(status=422, code=MALFORMED, message=message)


def forbidden(message: str, **extra: object) -> Refused:
    """Refuse what the account may not do: 403."""
    return Refused(status=403, code=FORBIDDEN, message=message, extra=extra)


def unprocessable(message: str, **extra: object) -> Refused:
    """Refuse what the rules of the market do not allow: 422."""
    return Refused(status=422, code=UNPROCESSABLE, message=message, extra=extra)


def not_found(message: str) -> Refused:
    """Say that there is no such thing: 404."""
    return Refused(status=404, code=NOT_FOUND, message=message)
