"""What a rule asks: metrics of symbols, and conditions over them in three-valued logic."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.rules.measures import MEASURES, Measure, MeasureKind
from alchemiser.domain.rules.terms import Term, check_whole
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import decimal_from_float

Number = int | float | Decimal


class Comparison(StrEnum):
    """Name the four comparisons; between equal numbers only `>=` and `<=` are true."""

    ABOVE = ">"
    BELOW = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


@dataclass(frozen=True, slots=True, eq=False)
class Metric(Term):
    """Name one measure with its windows, of one symbol or of whatever is being ranked.

    Comparing a metric with a number or another metric makes a condition: `rsi("SPY", 10) > 79`.

    Attributes:
        kind: What is measured.
        name: Of which symbol; None in a ranking, where it is measured of every candidate.
        windows: In sessions, in the order of the measure's parameters.
    """

    kind: MeasureKind
    name: Symbol | None
    windows: tuple[int, ...]

    def check(self) -> None:
        """Refuse windows that do not fit the measure.

        Raises:
            InvalidValueError: When one is missing, surplus, too small or no whole number.
        """
        if self.name is not None:
            symbol(self.name)
        if len(self.windows) != len(self.measure.smallest):
            msg = f"{self.kind} takes {len(self.measure.smallest)} windows, not {self.windows}."
            raise InvalidValueError(msg)
        for window, smallest in zip(self.windows, self.measure.smallest, strict=True):
            check_whole(window, f"a window of {self.kind}", smallest=smallest)

    @property
    def measure(self) -> Measure:
        """The description of the kind."""
        return MEASURES[self.kind]

    def subject(self) -> Symbol:
        """Return the symbol that is measured.

        Raises:
            InvalidValueError: When the metric is for a ranking and names none.
        """
        if self.name is None:
            msg = f'{self.text()} is compared without a symbol: write {self.kind}("SPY", …).'
            raise InvalidValueError(msg)
        return self.name

    def of(self, name: Symbol) -> "Metric":
        """Return the same measure of `name`."""
        return Metric(self.kind, name, self.windows)

    def text(self) -> str:
        """Return the metric in words, such as `RSI(SPY, 10)`."""
        subject = [] if self.name is None else [self.name]
        inside = ", ".join([*subject, *map(str, self.windows)])
        return f"{self.measure.label}({inside})" if inside else self.measure.label

    def __gt__(self, other: "Metric | Number") -> "Compare":
        return Compare(self, Comparison.ABOVE, _operand(other))

    def __lt__(self, other: "Metric | Number") -> "Compare":
        return Compare(self, Comparison.BELOW, _operand(other))

    def __ge__(self, other: "Metric | Number") -> "Compare":
        return Compare(self, Comparison.AT_LEAST, _operand(other))

    def __le__(self, other: "Metric | Number") -> "Compare":
        return Compare(self, Comparison.AT_MOST, _operand(other))


class Condition(Term):
    """Stand for something that is true, false or undecided at a session."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Refuse to be used as a Python truth value.

        Raises:
            InvalidValueError: Always: a condition has no value until there are prices.
        """
        msg = "a condition has no truth yet: join conditions with and_, or_ and not_."
        raise InvalidValueError(msg)


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Condition):
    """Compare a metric with another or with a number; undecided while one of them is.

    Attributes:
        left: A metric of a named symbol.
        comparison: How.
        right: Another such metric, or a number of at most 12 significant digits.
    """

    left: Metric
    comparison: Comparison
    right: Metric | Decimal

    def check(self) -> None:
        """Refuse a metric of no symbol.

        Raises:
            InvalidValueError: When a side does not say of which symbol it is.
        """
        for side in self.metrics():
            side.subject()

    def metrics(self) -> tuple[Metric, ...]:
        """Return the one or two metrics compared."""
        return (self.left, self.right) if isinstance(self.right, Metric) else (self.left,)

    def text(self) -> str:
        """Return the comparison in words, such as `RSI(SPY, 10) > 79`."""
        right = self.right.text() if isinstance(self.right, Metric) else f"{self.right:f}"
        return f"{self.left.text()} {self.comparison} {right}"


@dataclass(frozen=True, slots=True, eq=False)
class AllOf(Condition):
    """Hold when every operand does; false as soon as one is false, whatever is undecided."""

    operands: tuple[Condition, ...]

    def check(self) -> None:
        """Refuse an empty conjunction.

        Raises:
            InvalidValueError: When there is nothing to join.
        """
        check_conditions(*self.operands)

    def parts(self) -> tuple[Term, ...]:
        """Return the operands."""
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf(Condition):
    """Hold when some operand does; true as soon as one is true, whatever is undecided."""

    operands: tuple[Condition, ...]

    def check(self) -> None:
        """Refuse an empty disjunction.

        Raises:
            InvalidValueError: When there is nothing to join.
        """
        check_conditions(*self.operands)

    def parts(self) -> tuple[Term, ...]:
        """Return the operands."""
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Not(Condition):
    """Hold when the operand is false; undecided while it is."""

    operand: Condition

    def check(self) -> None:
        """Refuse what is no condition.

        Raises:
            InvalidValueError: When there is nothing to negate.
        """
        check_conditions(self.operand)

    def parts(self) -> tuple[Term, ...]:
        """Return the operand."""
        return (self.operand,)


def _operand(value: object) -> Metric | Decimal:
    if isinstance(value, Metric):
        return value
    if not isinstance(value, Number) or isinstance(value, bool):
        msg = f"a metric is compared with a number or another metric, not with {value!r}."
        raise InvalidValueError(msg)
    return decimal_from_float(float(value))


def check_conditions(*operands: object) -> None:
    """Refuse what is neither true nor false.

    Raises:
        InvalidValueError: When there is nothing, or something that is no condition.
    """
    if not operands or not all(isinstance(operand, Condition) for operand in operands):
        msg = "a condition is wanted, such as rsi('SPY', 10) > 79."
        raise InvalidValueError(msg)
