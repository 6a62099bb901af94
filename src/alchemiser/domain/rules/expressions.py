"""What a rule asks: metrics of symbols, and how they compare."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from alchemiser.domain.rules.measures import MEASURES, Measure, MeasureKind, Reads
from alchemiser.domain.rules.terms import Term, check_whole
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.numbers import decimal_from_float

Number = int | float | Decimal


class Comparison(StrEnum):
    """Name the five comparisons; between equal numbers only `>=`, `<=` and `=` are true."""

    ABOVE = ">"
    BELOW = "<"
    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="


@dataclass(frozen=True, slots=True, eq=False)
class Metric(Term):
    """Name one measure with its windows, of one symbol or of whatever is being ranked.

    Comparing a metric with a number or another metric makes a condition: `rsi("SPY", 10) > 79`.

    Attributes:
        kind: What is measured.
        name: Of which symbol; None in a ranking, where it is measured of every candidate.
        windows: In sessions, in the order of the measure's parameters.
        inner: The metric whose own past is measured, or None.
        other: The symbol that is measured against, or None.
    """

    kind: MeasureKind
    name: Symbol | None
    windows: tuple[int, ...]
    inner: "Metric | None" = None
    other: Symbol | None = None

    def check(self) -> None:
        """Refuse windows and operands that do not fit the measure.

        Raises:
            InvalidValueError: When a window is missing, surplus, too small or no whole number, or
                the measure takes another operand.
        """
        for name in (self.name, self.other):
            if name is not None:
                symbol(name)
        if len(self.windows) != len(self.measure.smallest):
            msg = f"{self.kind} takes {len(self.measure.smallest)} windows, not {self.windows}."
            raise InvalidValueError(msg)
        for window, smallest in zip(self.windows, self.measure.smallest, strict=True):
            check_whole(window, f"a window of {self.kind}", smallest=smallest)
        reads = self.measure.reads
        fits = (self.inner is not None) is (reads is Reads.METRIC)
        if not fits or (self.other is not None) is not (reads is Reads.PAIR):
            msg = f"{self.kind} is a measure of {reads}."
            raise InvalidValueError(msg)
        if self.inner is not None and self.inner.name != self.name:
            msg = f"{self.kind} is of the symbol that its metric is of."
            raise InvalidValueError(msg)

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
        inner = None if self.inner is None else self.inner.of(name)
        return Metric(self.kind, name, self.windows, inner, self.other)

    def shape(self) -> tuple[object, ...]:
        """Return what is measured, whatever symbol it is of: equal for equal measures."""
        inner = None if self.inner is None else self.inner.shape()
        return (self.kind, self.windows, inner, self.other)

    def others(self) -> tuple[Symbol, ...]:
        """Return the symbols that it is measured against."""
        inner = () if self.inner is None else self.inner.others()
        return inner if self.other is None else (*inner, self.other)

    def symbols(self) -> tuple[Symbol, ...]:
        """Return the symbol that is measured, and those that it is measured against.

        Raises:
            InvalidValueError: When the metric is for a ranking and names none.
        """
        return (self.subject(), *self.others())

    def bars(self) -> int:
        """Return after how many unbroken bars it is first defined."""
        before = 0 if self.inner is None else self.inner.bars() - 1
        return before + self.measure.bars(self.windows)

    def lookback(self) -> int:
        """Return how many sessions settle it, the present one included."""
        before = 0 if self.inner is None else self.inner.lookback() - 1
        return before + self.measure.lookback(self.windows)

    def needs_symbol(self) -> bool:
        """Say whether it can be measured of a symbol only: a stream has no prices and no ranges."""
        if self.inner is not None:
            return self.inner.needs_symbol()
        return self.measure.in_dollars or self.measure.reads in {Reads.RANGES, Reads.VOLUMES}

    def text(self) -> str:
        """Return the metric in words, such as `RSI(SPY, 10)`."""
        if self.inner is not None:
            subject = [self.inner.text()]
        else:
            subject = [name for name in (self.name, self.other) if name is not None]
        inside = ", ".join([*subject, *map(str, self.windows)])
        return f"{self.measure.label}({inside})" if inside else self.measure.label

    def __gt__(self, other: "Metric | Number") -> "Compare":
        return compare(self, Comparison.ABOVE, other)

    def __lt__(self, other: "Metric | Number") -> "Compare":
        return compare(self, Comparison.BELOW, other)

    def __ge__(self, other: "Metric | Number") -> "Compare":
        return compare(self, Comparison.AT_LEAST, other)

    def __le__(self, other: "Metric | Number") -> "Compare":
        return compare(self, Comparison.AT_MOST, other)


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
        if isinstance(self.right, Metric):
            return f"{self.left.text()} {self.comparison} {self.right.text()}"
        if self.comparison is Comparison.EQUAL:
            for code, label in self.left.measure.labels.items():
                if code == self.right:
                    return f"{self.left.text()} is {label}"
        return f"{self.left.text()} {self.comparison} {self.right:f}"


def compare(left: Metric, comparison: Comparison, right: object) -> Compare:
    """Return the comparison of a metric with another or with a number.

    Raises:
        InvalidValueError: When `right` is neither, or a side names no symbol.
    """
    if isinstance(right, Metric):
        return Compare(left, comparison, right)
    if not isinstance(right, Number) or isinstance(right, bool):
        msg = f"a metric is compared with a number or another metric, not with {right!r}."
        raise InvalidValueError(msg)
    return Compare(left, comparison, decimal_from_float(float(right)))
