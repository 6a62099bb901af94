"""The key in two environment variables."""

from collections.abc import Mapping
from typing import Final

from alchemiser.adapters.secrets.checking import checked
from alchemiser.domain.values.credentials import Credentials

VARIABLES: Final = ("ALCHEMISER_ALPACA_KEY_ID", "ALCHEMISER_ALPACA_SECRET_KEY")


class EnvironmentKeys:
    """Read the key from `environment`, the part of it that holds `VARIABLES`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def read(self) -> Credentials:
        """Return the key.

        Raises:
            SettingsError: When a variable is missing, empty or a placeholder.
        """
        return checked(self._environment, VARIABLES, "the environment")

    def __repr__(self) -> str:
        return "EnvironmentKeys()"
