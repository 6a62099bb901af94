"""Splits and dividends: what makes a share another share without a trade."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO, finite, positive


@dataclass(frozen=True, slots=True, kw_only=True)
class CorporateAction:
    """Tell what happens to the holders of a share from the opening of one session on.

    Attributes:
        symbol: The ticker.
        ex_day: The first session in which the share trades without it.
        split: Shares after it for one share before; 1 is no split.
        dividend: Dollars for each share after the split, at or above zero.
        pay_day: When the dividend is paid, at or after `ex_day`; None when that is not known.
    """

    symbol: Symbol
    ex_day: date
    split: Decimal = ONE
    dividend: Decimal = ZERO
    pay_day: date | None = None

    def __post_init__(self) -> None:
        positive(self.split, f"the split ratio of {self.symbol}")
        if finite(self.dividend, f"the dividend of {self.symbol}") < 0:
            msg = f"the dividend of {self.symbol} must not be negative, not {self.dividend}."
            raise InvalidValueError(msg)
        if self.pay_day is not None and self.pay_day < self.ex_day:
            msg = f"{self.symbol} pays on {self.pay_day}, before its ex-day {self.ex_day}."
            raise InvalidValueError(msg)

    def worth(self, price: Decimal) -> Decimal:
        """Return what one share of the session before is worth at `price` of the ex-day."""
        return self.split * (price + self.dividend)
