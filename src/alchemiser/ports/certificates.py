"""Where certificates are kept."""

from typing import Protocol


class CertificatesPort(Protocol):
    """Keep the texts of certificates, one a content hash."""

    def read(self, content_hash: str) -> str | None:
        """Return the certificate for `content_hash`, or None when there is none to be read."""

    def write(self, content_hash: str, text: str) -> str:
        """Keep `text` for `content_hash`, in place of an earlier one, and return where.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
