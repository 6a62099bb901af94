"""The key in two environment variables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from alchemiser.adapters.secrets.checking import checked
from alchemiser.domain.values.credentials import Credentials

VARIABLES: Final = ("ALCHEMISER_ALPACA_KEY_ID", "ALCHEMISER_ALPACA_SECRET_KEY")


class EnvironmentKeys:
    """Read the key from the environment."""

    def __init__(self, look_up: Callable[[Sequence[str]], Mapping[str, str]]) -> None:
        """Ask `look_up`, which returns those of some variables that are set."""
        self._look_up = look_up

    def read(self) -> Credentials:
        """Return the key.

        Raises:
            SettingsError: When a variable is missing, empty or a placeholder.
        """
        return checked(self._look_up(VARIABLES), VARIABLES, "the environment")
