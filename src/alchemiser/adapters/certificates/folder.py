"""A folder of certificates beside the configuration."""

from pathlib import Path

from alchemiser.ports.errors import PortUnavailableError


class CertificateFolder:
    """Keep one JSON file a content hash; implements CertificatesPort."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, content_hash: str) -> str | None:
        """Return the certificate for `content_hash`, or None when there is none to be read."""
        try:
            return self._file(content_hash).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, content_hash: str, text: str) -> str:
        """Keep `text` for `content_hash`, in place of an earlier one, and return where.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
        file = self._file(content_hash)
        try:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            msg = f"{file} cannot be written ({error.strerror}): make room for it, then try again."
            raise PortUnavailableError(msg) from error
        return str(file)

    def _file(self, content_hash: str) -> Path:
        return self._folder / f"{content_hash}.json"
