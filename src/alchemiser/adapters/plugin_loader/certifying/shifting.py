"""Another time of another day: clocks that run elsewhere, and tell who looks at them.

Only the strategy's own code gets them, by whatever name it imports `time` and `datetime`; libraries
keep the true ones, which some of them rely on to the last byte.
"""

import builtins
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from alchemiser.adapters.plugin_loader.certifying.observing import Observer

NANO: Final = 1_000_000_000
_MOMENTS: Final = ("ctime", "gmtime", "localtime")
_CLOCK: Final = "datetime"


class _LikeDate(type):
    """Count every date as one of its class's instances."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, date)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, date)


class _LikeTime(type):
    """Count every datetime as one of its class's instances."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, datetime)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, datetime)


def shift(observer: Observer, seconds: int) -> Mapping[str, ModuleType]:
    """Let the clocks that own code imports run `seconds` apart, and return their modules."""
    others = {"time": _time(observer, seconds), _CLOCK: _dates(observer, seconds)}
    real = builtins.__import__

    def imported(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - as the original calls it
        *rest: Any,  # noqa: ANN401 - handed on
        **named: Any,  # noqa: ANN401 - handed on
    ) -> object:
        found = real(name, globals, *rest, **named)
        importer = str((globals or {}).get("__file__", ""))
        return others[name] if name in others and observer.blame.owns(importer) else found

    builtins.__import__ = imported  # type: ignore[assignment]  # its last arguments have defaults
    return others


def _time(observer: Observer, seconds: int) -> ModuleType:
    """Return a module like `time`."""
    real = vars(import_module("time"))

    def noted(name: str, answer: Callable[..., object]) -> Callable[..., object]:
        def asked(*arguments: object) -> object:
            observer.note(f"asks the clock ({name})")
            return answer(*arguments)

        return asked

    def now() -> float:
        seen: float = real["time"]()
        return seen + seconds

    def at(moment: Callable[[float], object]) -> Callable[..., object]:
        return lambda given=None: moment(now() if given is None else given)

    return _module_like(
        "time",
        {
            "time": noted("time", now),
            "time_ns": noted("time_ns", lambda: int(now() * NANO)),
            "sleep": noted("sleep", lambda _: None),
            **{name: noted(name, at(real[name])) for name in _MOMENTS},
        },
    )


def _dates(observer: Observer, seconds: int) -> ModuleType:
    """Return a module like `datetime`, whose classes know another present."""
    by = timedelta(seconds=seconds)

    def now(name: str, tz: tzinfo | None = None) -> datetime:
        observer.note(f"asks the clock ({name})")
        true: Callable[[tzinfo | None], datetime] = vars(datetime)["now"].__get__(None, datetime)
        return true(tz) + by

    class OtherDate(date, metaclass=_LikeDate):
        __get_pydantic_core_schema__ = staticmethod(_read_as(date))

        @classmethod
        def today(cls) -> Any:  # noqa: ANN401 - of its own kind
            return cls.fromordinal(now("today").toordinal())

    class OtherTime(datetime, metaclass=_LikeTime):
        __get_pydantic_core_schema__ = staticmethod(_read_as(datetime))

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:  # noqa: ANN401 - of its own kind
            return _as(cls, now("now", tz))

        @classmethod
        def today(cls) -> Any:  # noqa: ANN401 - of its own kind
            return _as(cls, now("today"))

        @classmethod
        def utcnow(cls) -> Any:  # noqa: ANN401 - of its own kind
            return _as(cls, now("utcnow"))

    OtherDate.__name__, OtherTime.__name__ = "date", "datetime"
    return _module_like(_CLOCK, {"date": OtherDate, "datetime": OtherTime})


def _read_as(kind: type[date]) -> Callable[[object, Callable[[object], object]], object]:
    """Let parameters of an own class be read as if they were of the true `kind`."""
    return lambda _, read: read(kind)


def _module_like(name: str, other: Mapping[str, object]) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(vars(import_module(name)))
    vars(module).update(other)
    return module


def _as(kind: type[datetime], moment: datetime) -> datetime:
    return kind.combine(moment.date(), moment.timetz())
