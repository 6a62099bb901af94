"""What a source of market data says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Say what the bars of a source are made of.

    Attributes:
        adapter: How it is read: `synthetic`, `files` or `alpaca`.
        feed: The broker's name of the feed, or the name of the folder or file, or the seed.
        adjustment: Which bases its bars have, each with what they are adjusted for.
        calendar: The exchange whose sessions they are laid on.
    """

    adapter: str
    feed: str
    adjustment: str
    calendar: str

    def sentence(self) -> str:
        """Return the source in plain words."""
        return f"{self.adapter} {self.feed} ({self.adjustment}, {self.calendar})"
