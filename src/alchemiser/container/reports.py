"""Where reports are written."""

from pathlib import Path

from alchemiser.container.adapters import adapter
from alchemiser.ports.report_writer import ReportWriterPort


def build_report_writer(path: Path) -> ReportWriterPort:
    """Return what writes a report to `path`, in the form that its suffix names.

    Raises:
        SettingsError: When the suffix is not known, its extra is missing, or there is no folder.
    """
    writer: ReportWriterPort = adapter("reports.writer.ReportFile")(path)
    writer.check()
    return writer
