"""Which faults the venue has at present, and how often each has struck."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.adapters.venue.draws import Draws
from alchemiser.adapters.venue.fault_kinds import KINDS, FaultKind
from alchemiser.domain.values.errors import InvalidValueError

ENDLESS: Final = -1
NUMBER_MAX: Final = 1_000_000_000
CODE_MIN: Final = 1000
CODE_MAX: Final = 4999
NO_QUERY: Final[Mapping[str, str]] = MappingProxyType({})
_COMMON: Final = {
    "method": str,
    "path": str,
    "symbol": str,
    "feed": str,
    "times": int,
    "after": int,
    "probability": float,
    "seed": int,
    "seconds": float,
    "value": int,
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """Hold one fault that has been switched on.

    Attributes:
        id: Its name among those switched on.
        kind: What it does.
        method: The HTTP method it waits for, or "" for all.
        path: What the path it waits for begins with, or the whole path if it ends in `$`; `|`
            parts alternatives.
        symbol: The ticker whose orders, or requests for data, it is about, or "" for all.
        feed: The feed of market data that is asked for, or "" for all and what has none.
        left: How often it will still strike; `ENDLESS` without end.
        skip: How many occasions it lets pass first.
        probability: The chance that it strikes at an occasion.
        seed: What determines that chance.
        seconds: Its duration, where it has one.
        value: Its number, where it has one.
        occasions: How many there were.
        hits: How often it struck.
    """

    id: str
    kind: FaultKind
    method: str
    path: str
    symbol: str = ""
    feed: str = ""
    left: int = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    seconds: float = 0.0
    value: int = 0
    occasions: int = 0
    hits: int = 0

    def strikes(self) -> bool:
        """Count one occasion and say whether it strikes at it."""
        self.occasions += 1
        if not self.left or self.occasions <= self.skip:
            return False
        draw = Draws(self.seed).uniforms(f"{self.kind.name}|{self.occasions}")[0]
        if draw >= self.probability:
            return False
        self.left -= self.left > 0
        self.hits += 1
        return True

    def document(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "name": self.kind.name,
            "method": self.method,
            "path": self.path,
            "symbol": self.symbol,
            "feed": self.feed,
            "times": self.left,
            "after": self.skip,
            "probability": self.probability,
            "seed": self.seed,
            "seconds": self.seconds,
            "value": self.value,
            "hits": self.hits,
        }


@dataclass(slots=True, kw_only=True)
class FaultBoard:
    """Keep the faults that are switched on.

    Attributes:
        armed: Those faults, in order of switching on.
        counts: How often each kind has struck, also by faults since switched off.
        feed: Which feed of market data is being answered for, or "".
    """

    armed: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    feed: str = ""
    _made: int = 0

    def arm(self, body: object) -> Fault:
        """Switch on what `body` describes.

        Raises:
            InvalidValueError: When it is no fault, or has a parameter that there is not.
        """
        if not isinstance(body, dict):
            msg = "a fault is a JSON object with a name."
            raise InvalidValueError(msg)
        kind = KINDS.get(str(body.get("name")))
        if kind is None:
            msg = f"there is no fault {body.get('name')!r}: GET /control/faults lists them."
            raise InvalidValueError(msg)
        given = {**kind.defaults, **_parameters(body)}
        self._made += 1
        fault = Fault(
            id=f"f{self._made}",
            kind=kind,
            method=str(given.get("method", kind.method)).upper(),
            path=str(given.get("path", kind.path)),
        )
        _fill(fault, given)
        if kind.name == "stream_close":
            close_code(fault.value)
        self.armed.append(fault)
        return fault

    def disarm(self, name: str | None = None) -> int:
        """Switch off the fault of that identifier or kind, or all; return how many it were."""
        kept = [
            one for one in self.armed if name is not None and name not in {one.id, one.kind.name}
        ]
        count = len(self.armed) - len(kept)
        self.armed = kept
        return count

    @contextmanager
    def on(self, feed: str) -> Iterator[None]:
        """Let what is hit inside be about `feed`; nothing may be awaited there."""
        self.feed = feed
        try:
            yield
        finally:
            self.feed = ""

    def hit(self, name: str, symbol: str = "") -> Fault | None:
        """Return the first fault of kind `name` that strikes now, or None."""
        for fault in self.armed:
            about = not fault.symbol or not symbol or fault.symbol == symbol
            about = about and fault.feed in {"", self.feed}
            if fault.kind.name == name and about and fault.strikes():
                return self._counted(fault)
        return None

    def hit_request(
        self, where: str, method: str, path: str, query: Mapping[str, str] = NO_QUERY
    ) -> Fault | None:
        """Return the first fault of the place `where` that strikes this request, or None.

        A fault about one ticker strikes what asks for it among others.
        """
        for fault in self.armed:
            if (
                fault.kind.where == where
                and fault.method in {"", method}
                and _is_about(path, fault.path)
                and (not fault.symbol or fault.symbol in query.get("symbols", "").split(","))
                and fault.feed in {"", query.get("feed", "")}
                and fault.strikes()
            ):
                return self._counted(fault)
        return None

    def document(self) -> dict[str, object]:
        """Return what is switched on, how often each kind struck, and what there is, as JSON."""
        return {
            "armed": [one.document() for one in self.armed if one.left],
            "counts": dict(sorted(self.counts.items())),
            "known": [
                {
                    "name": kind.name,
                    "faults": kind.ids.split(),
                    "where": kind.where,
                    "does": kind.does,
                    "parameters": dict(kind.defaults),
                }
                for kind in KINDS.values()
            ],
        }

    def _counted(self, fault: Fault) -> Fault:
        self.counts[fault.kind.name] += 1
        return fault


def _is_about(path: str, wanted: str) -> bool:
    return any(
        path == one[:-1] if one.endswith("$") else path.startswith(one) for one in wanted.split("|")
    )


def close_code(value: int) -> int:
    """Return `value` when a websocket may be closed with it.

    Raises:
        InvalidValueError: When it may not (RFC 6455, section 7.4).
    """
    if not CODE_MIN <= value <= CODE_MAX:
        msg = f"a websocket is closed with a code from {CODE_MIN} to {CODE_MAX}, not {value}."
        raise InvalidValueError(msg)
    return value


def _parameters(body: Mapping[str, object]) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in body.items():
        if name == "name":
            continue
        wanted = _COMMON.get(name)
        if wanted is None:
            msg = f"a fault has no parameter {name!r}: it takes {', '.join(_COMMON)}."
            raise InvalidValueError(msg)
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if not (isinstance(value, str) if wanted is str else is_number):
            msg = f"{name} of a fault must be a {'text' if wanted is str else 'number'}."
            raise InvalidValueError(msg)
        if is_number and not abs(float(str(value))) <= NUMBER_MAX:
            msg = f"{name} of a fault must be at most {NUMBER_MAX}, not {value}."
            raise InvalidValueError(msg)
        given[name] = value
    return given


def _fill(fault: Fault, given: Mapping[str, object]) -> None:
    fault.symbol, fault.feed = str(given.get("symbol", "")), str(given.get("feed", ""))
    for name, key in (("left", "times"), ("skip", "after"), ("seed", "seed"), ("value", "value")):
        if key in given:
            setattr(fault, name, int(float(str(given[key]))))
    for key in ("probability", "seconds"):
        if key in given:
            setattr(fault, key, float(str(given[key])))
