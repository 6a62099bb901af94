"""The options that every command understands, before its name or after it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

DEFAULT_CONFIG: Final = Path("alchemiser.toml")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help=f"The configuration; {DEFAULT_CONFIG} unless given."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DAY", help="The session, such as 2024-08-05; today's unless given."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Hold the options that every command understands."""

    as_json: bool = False
    config: Path | None = None

    def joined(self, before: object) -> "Common":
        """Return these options with those that stood before the command's name."""
        if not isinstance(before, Common):
            return self
        return Common(as_json=self.as_json or before.as_json, config=self.config or before.config)
