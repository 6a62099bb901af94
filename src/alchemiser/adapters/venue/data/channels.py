"""What one connection has subscribed to."""

from collections.abc import Mapping
from typing import Final

CHANNELS: Final = (
    "trades",
    "quotes",
    "bars",
    "updatedBars",
    "dailyBars",
    "statuses",
    "lulds",
)
"""What may be subscribed to, in the order in which it is acknowledged."""

_WITH_TRADES: Final = ("corrections", "cancelErrors")
"""Come with trades, unasked."""

_ALL: Final = "*"
Message = dict[str, object]


class Subscriptions:
    """Keep the symbols of each channel; `*` is all of them."""

    def __init__(self) -> None:
        self._symbols: dict[str, set[str]] = {name: set() for name in CHANNELS}

    def change(self, asked: Mapping[str, list[str]], *, add: bool) -> None:
        """Add the symbols asked for, or take them away."""
        for channel, names in asked.items():
            if add:
                self._symbols[channel].update(names)
            else:
                self._symbols[channel].difference_update(names)

    def empty(self) -> bool:
        """Say whether nothing is subscribed to."""
        return not any(self._symbols.values())

    def counted_with(self, asked: Mapping[str, list[str]]) -> int:
        """Return how many trades and quotes there would be with those asked for too."""
        return sum(len(self._symbols[name] | {*asked.get(name, ())}) for name in CHANNELS[:2])

    def wants(self, channel: str, name: str) -> bool:
        """Say whether messages of `channel` about `name` are to be sent."""
        return not self._symbols[channel].isdisjoint((name, _ALL))

    def document(self) -> Message:
        """Return the complete set, as it is acknowledged."""
        told: Message = {"T": "subscription"}
        told.update({name: sorted(names) for name, names in self._symbols.items()})
        told.update({name: sorted(self._symbols["trades"]) for name in _WITH_TRADES})
        return told


def asked_for(message: Mapping[str, object]) -> dict[str, list[str]] | None:
    """Return the symbols by channel in a message of a client, or None when it is malformed."""
    asked: dict[str, list[str]] = {}
    for channel in CHANNELS:
        names = message.get(channel, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return None
        asked[channel] = names
    return asked
