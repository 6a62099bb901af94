"""The error tree of the domain; ports add their own branch in `alchemiser.ports.errors`.

AlchemiserError
├── DomainError                 a bug or a value that never should have got this far
│   ├── InvalidValueError       a value outside its type's range: refuse it where it entered
│   └── InvalidTransitionError  an event that cannot follow the present state
├── UndecidedError              a strategy cannot decide on what it was shown: not a fault
├── SettingsError               the configuration or the command cannot be honoured: mend it
├── PluginError                 a strategy plugin is missing, misspelt or misbehaves
├── PreflightError              trading must not start: nothing was sent and nothing recorded
└── PortError                   see `alchemiser.ports.errors`
"""


class AlchemiserError(Exception):
    """Say in one sentence what is wrong and what the reader can do about it."""


class DomainError(AlchemiserError):
    """Mark a rule of the domain that was broken by its caller."""


class InvalidValueError(DomainError):
    """Mark a value outside the range of its type."""


class InvalidTransitionError(DomainError):
    """Mark an event that cannot follow the present state."""


class SettingsError(AlchemiserError):
    """Mark configuration or usage that has to be mended by a person."""


class PluginError(AlchemiserError):
    """Mark a strategy plugin that is missing, misspelt or misbehaves."""


class PreflightError(AlchemiserError):
    """Mark that trading must not start: nothing was sent and nothing recorded."""


class UndecidedError(AlchemiserError):
    """Mark that a strategy cannot decide on what it was shown; its book stays as it is."""
