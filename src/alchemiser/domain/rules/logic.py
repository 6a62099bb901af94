"""How conditions join, in three-valued logic (Kleene 1952, §64): true, false or undecided."""

from dataclasses import dataclass

from alchemiser.domain.rules.expressions import Condition
from alchemiser.domain.rules.terms import Term, check_whole
from alchemiser.domain.values.errors import InvalidValueError


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


@dataclass(frozen=True, slots=True, eq=False)
class AtLeast(Condition):
    """Hold when so many operands do; decided as soon as the undecided ones cannot matter.

    Attributes:
        count: How many have to hold, from 1 to the number of operands.
        operands: The votes.
    """

    count: int
    operands: tuple[Condition, ...]

    def check(self) -> None:
        """Refuse a count that can never be reached.

        Raises:
            InvalidValueError: When there is nothing to count, or `count` is above the number of
                operands or below 1.
        """
        check_conditions(*self.operands)
        check_whole(self.count, "the number of conditions that have to hold", smallest=1)
        if self.count > len(self.operands):
            msg = f"{self.count} of {len(self.operands)} conditions can never hold."
            raise InvalidValueError(msg)

    def parts(self) -> tuple[Term, ...]:
        """Return the operands."""
        return self.operands


@dataclass(frozen=True, slots=True, eq=False)
class Lasting(Condition):
    """Hold when the operand did at each of the last sessions; false as soon as it once did not.

    Attributes:
        sessions: How many, the present one included, at least 1.
        operand: What has to last.
    """

    sessions: int
    operand: Condition

    def check(self) -> None:
        """Refuse what is no condition or no number of sessions.

        Raises:
            InvalidValueError: When there is nothing to last, or `sessions` is below 1.
        """
        check_conditions(self.operand)
        check_whole(self.sessions, "the sessions that a condition lasts", smallest=1)

    def parts(self) -> tuple[Term, ...]:
        """Return the operand."""
        return (self.operand,)


def check_conditions(*operands: object) -> None:
    """Refuse what is neither true nor false.

    Raises:
        InvalidValueError: When there is nothing, or something that is no condition.
    """
    if not operands or not all(isinstance(operand, Condition) for operand in operands):
        msg = "a condition is wanted, such as rsi('SPY', 10) > 79."
        raise InvalidValueError(msg)
