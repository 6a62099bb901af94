"""The blocks of Composer's JSON form: one function a step, nothing guessed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser_symphony import exports, holdings
from alchemiser_symphony.blocks import Block, Builder, Place, RefusedError, Source
from alchemiser_symphony.exports import Json, Object, Spot
from alchemiser_symphony.measured import Measured
from alchemiser_symphony.questions import FLAT, Asked, Flat

_SORTING: Final = frozenset({
    "select-fn", "select-n", "select?", "sort-by-fn", "sort-by-fn-params", "sort-by-window-days",
    "sort-by?",
})  # fmt: skip
_BRANCH: Final = frozenset({*FLAT, "is-else-condition?", "condition"})


@dataclass(frozen=True, slots=True)
class Step:
    """Be one block of an export; implements Source."""

    value: Json
    spot: Spot

    @property
    def place(self) -> str:
        """The path of the block."""
        return self.spot.path

    @property
    def called(self) -> str:
        """The step."""
        return exports.called(self._object().get("step"), "block")

    def read(self) -> Block:
        """Return the block that stands there."""
        reader = STEPS.get(self.called, _unknown)
        return reader(self._object(), self.spot)

    def _object(self) -> Object:
        return self.value if isinstance(self.value, Mapping) else {}


def children(value: Object, spot: Spot) -> tuple[Step, ...]:
    """Return the blocks inside a block."""
    return tuple(
        Step(one, spot.at(f".children[{place}]"))
        for place, one in enumerate(exports.listed(value.get("children")))
    )


def _unknown(value: Object, spot: Spot) -> Block:
    """Refuse a step that has no meaning here; what is inside it is read."""

    def check() -> Builder:
        """Refuse it.

        Raises:
            RefusedError: Always.
        """
        raise RefusedError(f"the step is unknown: {exports.shown(value.get('step'))}")

    kind = exports.called(value.get("step"), "block")
    return Block(kind=kind, inside=(children(value, spot),), check=check)


def _refused(why: str) -> "_Reader":
    """Return the reader of a step that is known and not supported."""

    def read(value: Object, spot: Spot) -> Block:
        def check() -> Builder:
            """Refuse it.

            Raises:
                RefusedError: Always.
            """
            raise RefusedError(why)

        return Block(kind=str(value["step"]), inside=(children(value, spot),), check=check)

    return read


def _asset(value: Object, _: Spot) -> Block:
    """Hold one symbol."""

    def check() -> Builder:
        """Prove the ticker.

        Raises:
            RefusedError: When there is something inside it.
        """
        exports.check_keys(value, {"ticker"})
        if value.get("children"):
            msg = "an asset has no children"
            raise RefusedError(msg)
        name = exports.ticker(value.get("ticker"), "its ticker")
        return lambda _: holdings.held(name)

    return Block(kind="asset", check=check)


def _group(value: Object, spot: Spot) -> Block:
    """Hold one block under a name, if it has one."""
    inside = children(value, spot)

    def check() -> Builder:
        """Prove the name.

        Raises:
            RefusedError: When it is no text.
        """
        exports.check_keys(value, ())
        _filled(value)
        name = value.get("name")
        if not isinstance(name, str | None):
            raise RefusedError(f"its name is a text, not {exports.shown(name)}")
        return lambda parts: holdings.named(name or "", parts.items())

    return Block(kind="group", inside=(inside,), check=check)


def _equal(value: Object, spot: Spot) -> Block:
    """Hold every child equally."""

    def check() -> Builder:
        exports.check_keys(value, {"window-days"})
        _filled(value)
        return lambda parts: holdings.equal(parts.items())

    return Block(kind="wt-cash-equal", inside=(children(value, spot),), check=check)


def _specified(value: Object, spot: Spot) -> Block:
    """Hold every child at its own weight."""
    inside = tuple((child,) for child in children(value, spot))

    def check() -> Builder:
        exports.check_keys(value, {"window-days"})
        _filled(value)
        weights = [_weight(child) for [child] in inside]
        return lambda parts: holdings.specified(
            weights, list(map(parts.items, range(len(weights))))
        )

    return Block(kind="wt-cash-specified", inside=inside, check=check)


def _inverse(value: Object, spot: Spot) -> Block:
    """Hold every child in inverse proportion to its volatility."""

    def check() -> Builder:
        exports.check_keys(value, {"window-days"})
        window = exports.size(value.get("window-days"), "its window-days", 2)
        _filled(value)
        return lambda parts: holdings.inverse(window, parts.items())

    return Block(kind="wt-inverse-vol", inside=(children(value, spot),), check=check)


def _filter(value: Object, spot: Spot) -> Block:
    """Hold the best children equally."""
    by = Measured(
        spot=spot,
        function=value.get("sort-by-fn"),
        ranked=True,
        params=value.get("sort-by-fn-params"),
        days=value.get("sort-by-window-days"),
    )

    def check() -> Builder:
        """Prove the selection.

        Raises:
            RefusedError: When it is off or unknown.
        """
        exports.check_keys(value, _SORTING)
        for switch in ("select?", "sort-by?"):
            if value.get(switch) not in (None, True):
                raise RefusedError(f"its {switch} is true, not {exports.shown(value[switch])}")
        side = value.get("select-fn")
        if side not in ("top", "bottom"):
            raise RefusedError(f"its select-fn is top or bottom, not {exports.shown(side)}")
        count = exports.size(value.get("select-n"), "its select-n", 1)
        _filled(value)
        return lambda parts: holdings.ranked(
            highest=side == "top", count=count, by=parts.metrics()[0], items=parts.items(1)
        )

    return Block(kind="filter", inside=((by,), children(value, spot)), check=check)


def _if(value: Object, spot: Spot) -> Block:
    """Hold the children of one of two branches."""
    branches = [(child.value, child.spot) for child in children(value, spot)]
    known = [(one, at) for one, at in branches if isinstance(one, Mapping)]
    then = [(one, at) for one, at in known if one.get("is-else-condition?") is not True]
    otherwise = [(one, at) for one, at in known if one.get("is-else-condition?") is True]
    inside = (
        tuple(question(one, at) for one, at in then),
        *(
            tuple(child for one, at in side for child in children(one, at))
            for side in (then, otherwise)
        ),
    )

    def check() -> Builder:
        """Prove the branches.

        Raises:
            RefusedError: When they are not one with a condition and one for everything else.
        """
        exports.check_keys(value, ())
        if len(branches) != 2 or len(then) != 1 or len(otherwise) != 1:  # noqa: PLR2004 - a pair
            msg = "it takes one branch with a condition and one with is-else-condition? true"
            raise RefusedError(msg)
        for one, at in known:
            _check_branch(one, Step(one, at))
        return lambda parts: holdings.conditional(
            parts.conditions()[0], parts.items(1), parts.items(2)
        )

    return Block(kind="if", inside=inside, check=check)


def question(branch: Object, spot: Spot) -> Source:
    """Return what a branch asks; an object of its own says more than the keys beside it."""
    asked = branch.get("condition")
    return Flat(branch, spot) if asked is None else Asked(asked, spot.at(".condition"))


def _check_branch(branch: Object, step: Step) -> None:
    """Prove one branch.

    Raises:
        RefusedError: When it is none, holds nothing, or is for everything else and asks something.
    """
    kind, is_else = branch.get("step"), branch.get("is-else-condition?") is True
    asks = any(branch.get(key) is not None for key in (*FLAT, "condition"))
    if kind != "if-child":
        raise RefusedError(f"a branch is an if-child, not {exports.shown(kind)}", at=step)
    if is_else and asks:
        msg = "a branch for everything else asks nothing"
        raise RefusedError(msg, at=step)
    exports.check_keys(branch, _BRANCH, at=step)
    _filled(branch, at=step)


def _weight(child: Step) -> Decimal:
    """Return the weight that a child carries.

    Raises:
        RefusedError: When it is no fraction.
    """
    weight = child.value.get("weight") if isinstance(child.value, Mapping) else None
    if not isinstance(weight, Mapping) or set(weight) != {"num", "den"}:
        raise RefusedError(f"its weight is a num and a den, not {exports.shown(weight)}", at=child)
    num, den = exports.number(weight["num"]), exports.number(weight["den"])
    if num is None or not den:
        msg = "its weight is no fraction: num and den are numbers, and den is not 0"
        raise RefusedError(msg, at=child)
    return num / den


def _filled(value: Object, at: Place | None = None) -> None:
    """Refuse a block without children.

    Raises:
        RefusedError: When there are none.
    """
    if not exports.listed(value.get("children")):
        msg = "it holds nothing"
        raise RefusedError(msg, at=at)


_Reader = Callable[[Object, Spot], Block]
STEPS: Final = MappingProxyType[str, _Reader]({
    "asset": _asset,
    "empty": _refused("an empty block holds nothing: put a fund of bills there"),
    "filter": _filter,
    "group": _group,
    "if": _if,
    "wt-cash-equal": _equal,
    "wt-cash-specified": _specified,
    "wt-inverse-vol": _inverse,
    "wt-marketcap": _refused("weights by market value are not supported"),
})
