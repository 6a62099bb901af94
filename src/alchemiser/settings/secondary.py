"""The table of a second source of market data."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from alchemiser.settings.fields import Exact, Place, Section


def check_keys(adapter: str, path: str | None, alpacas: str) -> None:
    """Refuse a source whose keys do not go with its adapter.

    Args:
        adapter: Its adapter.
        path: Its path, or None.
        alpacas: Which keys go with Alpaca, such as "feed goes", or "" when none is written.

    Raises:
        ValueError: When a path is missing or too much, or such keys are.
    """
    if adapter == "files" and path is None:
        msg = 'adapter = "files" needs a path: write path = "FOLDER" with the bars'
        raise ValueError(msg)
    if adapter != "files" and path is not None:
        msg = 'path needs adapter = "files": write it, or remove the path'
        raise ValueError(msg)
    if adapter != "alpaca" and alpacas:
        msg = f'{alpacas} with adapter = "alpaca": write it, or remove what goes with it'
        raise ValueError(msg)


class Secondary(Section):
    """Where the same bars come from a second time, and when the two agree."""

    adapter: Literal["files", "alpaca"] = Field(description='adapter = "files" or "alpaca"')
    path: Place | None = Field(default=None, description="the path of a folder or file with bars")
    feed: Literal["iex", "sip"] = Field(default="iex", description='feed = "iex" or "sip"')
    tolerance: Exact = Field(
        default=Decimal("0.005"),
        ge=0,
        le=Decimal("0.5"),
        description="a fraction from 0 to 0.5, such as 0.005",
    )
    weight_tolerance: Exact = Field(
        default=Decimal("0.01"),
        ge=0,
        le=Decimal("0.5"),
        description="a fraction from 0 to 0.5, such as 0.01",
    )
    on_primary_missing: Literal["refuse", "use_secondary"] = Field(
        default="refuse", description='on_primary_missing = "refuse" or "use_secondary"'
    )
    on_secondary_missing: Literal["refuse", "use_primary"] = Field(
        default="refuse", description='on_secondary_missing = "refuse" or "use_primary"'
    )

    @model_validator(mode="after")
    def _keys_go_with_their_adapter(self) -> Self:
        check_keys(self.adapter, self.path, "feed goes" if "feed" in self.model_fields_set else "")
        return self
