"""Reports as files, in the form that the suffix names."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from alchemiser.adapters.reports.as_json import as_json
from alchemiser.adapters.reports.markdown import as_markdown
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.errors import PortUnavailableError
from alchemiser.ports.report_document import ReportDocument

EXTRA: Final = ("jinja2", "plotly")


def _as_html(document: ReportDocument) -> str:
    from alchemiser.adapters.reports.html import as_html  # noqa: PLC0415 - an extra

    return as_html(document)


FORMS: Final[Mapping[str, Callable[[ReportDocument], str]]] = {
    ".html": _as_html,
    ".json": as_json,
    ".md": as_markdown,
}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Write reports to `path`, whose suffix names their form."""

    path: Path

    def check(self) -> None:
        """Look whether a report could be written; nothing is written.

        Raises:
            SettingsError: When the suffix is not known, its extra missing, or the folder none.
        """
        suffix = self.path.suffix.lower()
        if suffix not in FORMS:
            msg = f"--report {self.path} names no form: end it with .html, .md or .json."
            raise SettingsError(msg)
        if suffix == ".html" and not all(map(find_spec, EXTRA)):
            msg = "a report in HTML needs the extra [reports]: install alchemiser[reports], or "
            msg += "write .md or .json."
            raise SettingsError(msg)
        if self.path.is_dir() or not self.path.parent.is_dir():
            msg = f"--report {self.path} cannot be written: name a file in a folder that exists."
            raise SettingsError(msg)
        if not os.access(self.path.parent, os.W_OK):
            msg = f"--report {self.path} cannot be written: its folder belongs to somebody else."
            raise SettingsError(msg)

    def write(self, document: ReportDocument) -> None:
        """Write `document` in place of what stood there; half a report is never left.

        Raises:
            PortUnavailableError: When it cannot be written.
        """
        text = FORMS[self.path.suffix.lower()](document)
        draft = self.path.with_name(f".{self.path.name}-{os.getpid()}")
        try:
            try:
                draft.write_text(text, encoding="utf-8", newline="\n")
                draft.replace(self.path)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            msg = (
                f"the report {self.path} cannot be written ({error.strerror}): make room, or name "
                "another place."
            )
            raise PortUnavailableError(msg) from error
