"""Where a report goes."""

from typing import Protocol

from alchemiser.ports.report_document import ReportDocument


class ReportWriterPort(Protocol):
    """Write reports to one place, in one form."""

    def check(self) -> None:
        """Look whether a report could be written; nothing is written.

        Called before the work that the report is about, which may take long.

        Raises:
            SettingsError: When the form is not known, its extra is missing, or the place is none.
        """

    def write(self, document: ReportDocument) -> None:
        """Write `document` in place of what stood there; half a report is never left.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
