"""What may go wrong at a port, sorted by what the caller may do next.

PortError
├── PortUnavailableError    nothing happened: the call may be repeated
├── PortRejectedError       repeating is useless: something has to change first
│   ├── AuthenticationError the other side does not know us, or not any more
│   ├── InputError          a file or table is not what its contract says
│   └── LeaseHeldError      another engine works this account
├── OutcomeUnknownError     it may have happened: ask first
└── ConcurrentWriteError    a newer writer has taken over: stop
"""

from alchemiser.domain.values.errors import AlchemiserError


class PortError(AlchemiserError):
    """Mark a failure at the rim of the engine."""


class PortUnavailableError(PortError):
    """Mark a call that did nothing and may be repeated."""


class PortRejectedError(PortError):
    """Mark a call that will fail again until something changes."""


class AuthenticationError(PortRejectedError):
    """Mark that the other side refuses our key: nothing can be done there until it is replaced."""


class InputError(PortRejectedError):
    """Mark a file or table that breaks its contract; names the file and the remedy."""


class LeaseHeldError(PortRejectedError):
    """Mark that another engine holds the account's lease."""


class OutcomeUnknownError(PortError):
    """Mark a call that may have happened: ask before repeating it."""


class ConcurrentWriteError(PortError):
    """Mark a write of an older epoch: a newer engine has taken over."""
