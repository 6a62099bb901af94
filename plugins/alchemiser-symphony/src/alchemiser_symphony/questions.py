"""What Composer's JSON form asks: comparisons, alone or joined by any and all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from alchemiser.rules import Condition, Metric, and_, or_
from alchemiser_symphony import exports, holdings
from alchemiser_symphony.blocks import Block, Builder, Built, Parts, RefusedError
from alchemiser_symphony.exports import Json, Object, Spot
from alchemiser_symphony.measured import Measured

COMPARATORS: Final = MappingProxyType({"gt": ">", "lt": "<", "gte": ">=", "lte": "<=", "eq": "="})
OPERATORS: Final = MappingProxyType({"any": or_, "all": and_})
FLAT: Final = frozenset({
    "comparator", "lhs-fn", "lhs-fn-params", "lhs-val", "lhs-window-days", "rhs-fixed-value?",
    "rhs-fn", "rhs-fn-params", "rhs-val", "rhs-window-days",
})  # fmt: skip
"""The keys of a single comparison, which stand among those of its branch."""

EACH: Final = "%"
"""Stands for each of the tickers that one comparison is made for."""

_TYPE: Final = "condition-type"
_SIDES: Final = frozenset({_TYPE, "lhs", "comparator", "rhs"})
_OPERAND: Final = frozenset({"fn", "ticker", "params"})

Join = Callable[..., Condition]


@dataclass(frozen=True, slots=True)
class Flat:
    """Be the one comparison of a branch, written among its keys; implements Source."""

    branch: Object
    spot: Spot

    @property
    def place(self) -> str:
        """The path of the branch."""
        return self.spot.path

    @property
    def called(self) -> str:
        """The comparator."""
        return exports.called(self.branch.get("comparator"), "comparator")

    def read(self) -> Block:
        """Return the comparison; without a word on it, a function makes the right side measured."""
        branch = self.branch
        fixed = branch.get("rhs-fixed-value?")
        measured = branch.get("rhs-fn") is not None if fixed is None else fixed is False
        right = (self._side("rhs"),) if measured else ()
        return Block(
            kind=self.called,
            inside=((self._side("lhs"),), right),
            check=lambda: _compared(branch, None if measured else branch.get("rhs-val")),
        )

    def _side(self, side: str) -> Measured:
        return Measured(
            spot=self.spot,
            function=self.branch.get(f"{side}-fn"),
            ticker=self.branch.get(f"{side}-val"),
            params=self.branch.get(f"{side}-fn-params"),
            days=self.branch.get(f"{side}-window-days"),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Be a condition that is an object of its own; implements Source."""

    value: Json
    spot: Spot

    @property
    def place(self) -> str:
        """The path of the condition."""
        return self.spot.path

    @property
    def called(self) -> str:
        """The type of condition."""
        return exports.called(self._object().get(_TYPE), "condition")

    def read(self) -> Block:
        """Return the condition."""
        kind, value = self.called, self._object()
        if kind == "compound":
            asked = tuple(
                Asked(one, self.spot.at(f".conditions[{place}]"))
                for place, one in enumerate(exports.listed(value.get("conditions")))
            )
            return Block(kind=kind, inside=(asked,), check=self._compound)
        if kind in {"binary", "binary-compound"}:
            tickers = exports.listed(value.get("tickers")) if kind == "binary-compound" else [None]
            left = tuple(one for name in tickers for one in self._side("lhs", name))
            inside = (left, self._side("rhs"))
            check = self._binary if kind == "binary" else self._for_each
            return Block(kind=kind, inside=inside, check=check)
        return Block(kind=kind, check=self._refuse)

    def _object(self) -> Object:
        return self.value if isinstance(self.value, Mapping) else {}

    def _side(self, side: str, ticker: Json = None) -> tuple[Measured, ...]:
        operand = self._object().get(side)
        if not isinstance(operand, Mapping) or "constant" in operand:
            return ()
        return (
            Measured(
                spot=self.spot.at(f".{side}"),
                function=operand.get("fn"),
                ticker=operand.get("ticker") if ticker is None else ticker,
                params=operand.get("params"),
            ),
        )

    def _refuse(self) -> Builder:
        """Refuse a type of condition that is none.

        Raises:
            RefusedError: Always.
        """
        kind = exports.shown(self._object().get(_TYPE))
        raise RefusedError(f"the type of condition is unknown: {kind}")

    def _binary(self) -> Builder:
        """Prove one comparison."""
        value = self._object()
        exports.check_keys(value, _SIDES)
        return _compared(value, _constant(value))

    def _for_each(self) -> Builder:
        """Prove one comparison that is made for each of several tickers.

        Raises:
            RefusedError: When there is none, or no place for them.
        """
        value = self._object()
        exports.check_keys(value, {*_SIDES, "operator", "tickers"})
        if not exports.listed(value.get("tickers")):
            msg = "its tickers are a list of one or more"
            raise RefusedError(msg)
        left = value.get("lhs")
        if not isinstance(left, Mapping) or left.get("ticker") != EACH:
            raise RefusedError(f"the ticker of its lhs is {EACH}, for each of its tickers")
        return _compared(value, _constant(value), _operator(value))

    def _compound(self) -> Builder:
        """Prove several conditions that are joined.

        Raises:
            RefusedError: When there is none.
        """
        value = self._object()
        exports.check_keys(value, {_TYPE, "operator", "conditions"})
        if not exports.listed(value.get("conditions")):
            msg = "its conditions are a list of one or more"
            raise RefusedError(msg)
        join = _operator(value)
        return lambda parts: _joined(join, parts.conditions())


def _compared(value: Object, constant: Json, join: Join = and_) -> Builder:
    """Prove a comparison; `constant` None where the right side is measured.

    Raises:
        RefusedError: When the comparator is unknown, or the right side no number.
    """
    name = value.get("comparator")
    if not isinstance(name, str) or name not in COMPARATORS:
        raise RefusedError(f"the comparator is unknown: {exports.shown(name)}")
    compare = holdings.COMPARISONS[COMPARATORS[name]]
    fixed = exports.number(constant)
    if constant is not None and fixed is None:
        raise RefusedError(f"its right side is a number, not {exports.shown(constant)}")

    def build(parts: Parts) -> Built:
        right: Sequence[Metric | Decimal] = parts.metrics(1) or ([] if fixed is None else [fixed])
        if not right:
            msg = "its right side is missing"
            raise RefusedError(msg)
        return _joined(join, [compare(left, right[0]) for left in parts.metrics()])

    return build


def _constant(value: Object) -> Json:
    """Return the number on the right side, or None where there is a measure.

    Raises:
        RefusedError: When a side is not as it should be.
    """
    for side in ("lhs", "rhs"):
        operand = value.get(side)
        if not isinstance(operand, Mapping):
            raise RefusedError(f"its {side} is an object, not {exports.shown(operand)}")
        if "constant" not in operand:
            exports.check_keys(operand, _OPERAND)
        elif side == "lhs" or set(operand) != {"constant"}:
            raise RefusedError(f"its {side} is not a number and a measure at once")
    right = value["rhs"]
    return right.get("constant") if isinstance(right, Mapping) else None


def _operator(value: Object) -> Join:
    """Return how conditions are joined.

    Raises:
        RefusedError: When it is neither any nor all.
    """
    name = value.get("operator")
    if not isinstance(name, str) or name not in OPERATORS:
        raise RefusedError(f"its operator is any or all, not {exports.shown(name)}")
    return OPERATORS[name]


def _joined(join: Join, conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else join(*conditions)
