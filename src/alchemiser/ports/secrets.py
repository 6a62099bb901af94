"""Where the broker's key comes from."""

from typing import Protocol

from alchemiser.domain.values.credentials import Credentials


class CredentialsPort(Protocol):
    """Tell the key, from the one provider that the configuration names and from no other."""

    def keys(self, *, refresh: bool = False) -> Credentials:
        """Return the key; callable from any thread.

        Args:
            refresh: Ask the provider anew, because the broker has refused the key; no more than
                once a minute, in between the known key is returned.

        Raises:
            SettingsError: When the provider has no usable key; names what is missing, no value.
            PortUnavailableError: When the provider cannot be reached.
        """
