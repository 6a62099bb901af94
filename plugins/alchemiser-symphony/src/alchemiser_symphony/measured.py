"""What Composer's JSON form measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alchemiser_symphony import exports
from alchemiser_symphony.blocks import Block, Builder, RefusedError
from alchemiser_symphony.exports import Json, Spot
from alchemiser_symphony.measures import FUNCTIONS, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Be one measure; implements Source.

    Attributes:
        spot: The comparison or filter that asks for it.
        function: What is measured.
        ticker: Of which symbol.
        ranked: Whether it is of whatever is ranked instead.
        params: Its windows by name, as newer exports write them.
        days: Its one window, as older exports write it.
    """

    spot: Spot
    function: Json
    ticker: Json = None
    ranked: bool = False
    params: Json = None
    days: Json = None

    @property
    def place(self) -> str:
        """The path of the comparison or filter."""
        return self.spot.path

    @property
    def called(self) -> str:
        """The function."""
        return exports.called(self.function, "function")

    def read(self) -> Block:
        """Return the measure."""
        return Block(kind=self.called, check=self._check)

    def _check(self) -> Builder:
        """Prove function, ticker and windows.

        Raises:
            RefusedError: When the function is unknown.
        """
        measure = FUNCTIONS.get(self.function) if isinstance(self.function, str) else None
        if measure is None:
            raise RefusedError(f"the function is unknown: {exports.shown(self.function)}")
        name = None if self.ranked else exports.ticker(self.ticker, "what is measured")
        given = self._given(measure.windows)
        sizes = tuple(
            exports.size(given.get(one.key), f"the {one.key}", one.smallest)
            for one in measure.windows
        )
        return lambda _: measure.of(name, sizes)

    def _given(self, windows: Sequence[Window]) -> Mapping[str, Json]:
        """Return the windows as they are written; of a measure without any, nothing is asked.

        Raises:
            RefusedError: When a window is unknown, or written twice and differently.
        """
        params = {} if self.params is None else self.params
        keys = [window.key for window in windows]
        if not keys:
            return {}
        if isinstance(params, exports.Twice):
            msg = "a window is named twice"
            raise RefusedError(msg)
        if not isinstance(params, Mapping) or not set(params) <= set(keys):
            raise RefusedError(f"it takes {' and '.join(keys)}, not {_shown(params)}")
        if self.days is None or self.days == "":
            return params
        if len(keys) > 1:
            msg = f"it takes {' and '.join(keys)}, not a number of days"
            raise RefusedError(msg)
        both = {exports.number(one) for one in (self.days, params.get(keys[0], self.days))}
        if len(both) > 1:
            raise RefusedError(f"its {keys[0]} is written twice and differently")
        return {keys[0]: self.days}


def _shown(params: Json) -> str:
    return ", ".join(params) if isinstance(params, Mapping) else exports.shown(params)
