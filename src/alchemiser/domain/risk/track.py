"""The value of one unit of the account or of a book, by which gains and losses are measured.

Deposits buy units and withdrawals redeem them at the last known value, so that neither counts as a
gain or a loss. Units and values are rounded half to even to 28 significant digits, the precision of
Decimal. Losses are rounded half to even to 1e-9, so that a limit is not missed by such a rounding.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import ONE, ZERO, finite

KEPT = 64
"""Sessions whose closes a track remembers, the present one included."""

LOOK_BACK_MAX = KEPT - 1
"""Sessions before the present one that a track can always look back, once they have passed."""

_LOSS = Decimal("1e-9")
_NOTHING = Decimal("1e-15")
"""What is left of this share of the units is a rounding: less than a cent of 10^13 dollars."""


@dataclass(slots=True)
class Track:
    """Follow the value of one unit.

    A flow is priced at the last value observed: observe right before it, or what was gained or
    lost since is shared with the money that arrives.

    Attributes:
        units: Units there are, zero or more.
        value: Last value of a unit, zero or more; a new track starts at one.
        peak: Highest value of a unit so far, or since the last rebase.
        closes: Last value of a unit by session, oldest first, at most `KEPT`.
    """

    units: Decimal = ZERO
    value: Decimal = ONE
    peak: Decimal = ONE
    closes: list[tuple[date, Decimal]] = field(default_factory=list)

    def flow(self, amount: Decimal) -> None:
        """Buy units for `amount` dollars, or redeem them when it is negative.

        Redeeming all or more than there is leaves no units, however its quotient is rounded. A
        deposit to units that are worth nothing starts the track anew, since they have no price; a
        withdrawal from such changes nothing.

        Raises:
            InvalidValueError: When `amount` is NaN or infinite.
        """
        finite(amount, "a deposit or withdrawal")
        if self.value == 0:
            if amount <= 0:
                return
            self.units, self.value, self.peak = ZERO, ONE, ONE
            self.closes.clear()
        left = self.units + amount / self.value
        self.units = left if left > self.units * _NOTHING else ZERO

    def observe(self, session: date, equity: Decimal) -> None:
        """Take `equity` in dollars as the last of `session` so far; without units do nothing.

        Equity below zero counts as zero.

        Raises:
            InvalidValueError: When `equity` is NaN or infinite, or a later session is known.
        """
        value = self._unit_value(equity)
        if value is None:
            return
        if self.closes and session < self.closes[-1][0]:
            last = self.closes[-1][0]
            msg = f"{session} is over: observe sessions in order, from {last} on."
            raise InvalidValueError(msg)
        self.value, self.peak = value, max(self.peak, value)
        self.closes = [*self._before(session), (session, value)][-KEPT:]

    def drawdown(self, equity: Decimal) -> Decimal | None:
        """Return how far `equity` is below the peak, a fraction from 0 to 1; None without units.

        Raises:
            InvalidValueError: When `equity` is NaN or infinite.
        """
        value = self._unit_value(equity)
        return None if value is None else _loss(self.peak, value)

    def day_loss(self, session: date, equity: Decimal) -> Decimal | None:
        """Return how far `equity` is below the last close before `session`.

        Returns:
            A fraction from 0 to 1; None without units or without an earlier close.

        Raises:
            InvalidValueError: When `equity` is NaN or infinite.
        """
        return self.loss_over(session, equity, 1)

    def loss_over(self, session: date, equity: Decimal, sessions: int) -> Decimal | None:
        """Return how far `equity` is below the close that came `sessions` observed sessions before.

        Args:
            session: The present session, counted as none.
            equity: Dollars at present.
            sessions: How far to look back, one or more.

        Returns:
            A fraction from 0 to 1; None without units or where history is shorter.

        Raises:
            InvalidValueError: When `equity` is NaN or infinite, or `sessions` below one.
        """
        if sessions < 1:
            msg = f"sessions must be one or more to look back, not {sessions}."
            raise InvalidValueError(msg)
        value, earlier = self._unit_value(equity), self._before(session)
        if value is None or len(earlier) < sessions:
            return None
        return _loss(earlier[-sessions][1], value)

    def losing_sessions(self, session: date, equity: Decimal) -> int:
        """Return how many sessions in a row have lost, up to `session` at `equity` dollars.

        Zero when the present session has not lost, without units, or without an earlier close.

        Raises:
            InvalidValueError: When `equity` is NaN or infinite.
        """
        value = self._unit_value(equity)
        if value is None:
            return 0
        streak, after = 0, value
        for _, before in reversed(self._before(session)):
            if not _loss(before, after):
                break
            streak, after = streak + 1, before
        return streak

    def rebase(self) -> None:
        """Measure losses from the present value on, as an owner wants who resumes after one.

        The peak becomes the present value, and closes above it come down to it; otherwise the
        loss that was just accepted would stop trading again at once.
        """
        self.peak = self.value
        self.closes = [(session, min(close, self.value)) for session, close in self.closes]

    def copy(self) -> "Track":
        """Return a track of its own with the same past."""
        return Track(self.units, self.value, self.peak, list(self.closes))

    def _unit_value(self, equity: Decimal) -> Decimal | None:
        worth = max(finite(equity, "equity"), ZERO)
        return worth / self.units if self.units else None

    def _before(self, session: date) -> list[tuple[date, Decimal]]:
        count = len(self.closes)
        while count and self.closes[count - 1][0] >= session:
            count -= 1
        return self.closes[:count]


def _loss(base: Decimal, value: Decimal) -> Decimal:
    """Return how far `value` is below `base`; what is worth nothing has lost everything."""
    if value == 0:
        return ONE
    if value >= base:
        return ZERO
    return ((base - value) / base).quantize(_LOSS, rounding=ROUND_HALF_EVEN)
