"""Every control by name: what it refuses, in which unit, and where the owner sets it."""

from dataclasses import dataclass
from typing import Final

from alchemiser.domain.risk.limits import RiskCode

ALWAYS: Final = "always"
"""Of a control that nobody can set: it is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Describe one control.

    Attributes:
        code: The stable name that a refusal carries.
        refuses: What is refused, as the end of "refuses …".
        unit: The unit of what was observed and of the limit.
        key: The line of the configuration that sets it, or `ALWAYS`.
        statements: The requirements that ask for it.
    """

    code: RiskCode
    refuses: str
    unit: str
    key: str = ALWAYS
    statements: str


CONTROLS: Final = (
    Control(
        code=RiskCode.ACCOUNT_UNKNOWN,
        refuses="every order while the account, its equity or the books' cash cannot be read",
        unit="known or unknown, or dollars of equity",
        statements="OS-21, SE-07",
    ),
    Control(
        code=RiskCode.ACCOUNT_BLOCKED,
        refuses="every order while the broker forbids trading in the account",
        unit="open or blocked",
        statements="OS-21",
    ),
    Control(
        code=RiskCode.TRADING_STATE,
        refuses="every order when halted, and buys when reducing",
        unit="active, reducing or halted",
        statements="RC-06, RC-10",
    ),
    Control(
        code=RiskCode.SESSION_CLOSED,
        refuses="every order outside regular hours, and where these are not known",
        unit="moment, UTC",
        statements="OS-19",
    ),
    Control(
        code=RiskCode.SYMBOL_NOT_TRADABLE,
        refuses="symbols that reference data do not know or the venue does not trade",
        unit="tradable, not tradable or unknown",
        statements="OS-20",
    ),
    Control(
        code=RiskCode.RESTRICTED,
        refuses="buys of symbols on the owner's list",
        unit="restricted or not",
        key="[risk] restricted",
        statements="RC-18",
    ),
    Control(
        code=RiskCode.QUANTITY_INVALID,
        refuses="quantities off the symbol's increment",
        unit="shares",
        statements="OS-14",
    ),
    Control(
        code=RiskCode.PRICE_INVALID,
        refuses="limit prices off the symbol's step",
        unit="dollars",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.PRICE_UNKNOWN,
        refuses="orders in a symbol without a quote",
        unit="known or unknown",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.PRICE_STALE,
        refuses="orders on a quote that is too old, or from the future",
        unit="seconds",
        key="[risk] quote_age_seconds_max",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.QUOTE_CROSSED,
        refuses="orders on a quote whose bid is above its ask",
        unit="dollars",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.MAX_SPREAD,
        refuses="orders on a quote whose bid and ask lie too far apart",
        unit="fraction of the middle",
        key="[risk] max_spread",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.PRICE_COLLAR,
        refuses="limit prices too far from the middle of the quote, on either side",
        unit="fraction of the middle",
        key="[risk] price_collar",
        statements="OS-10",
    ),
    Control(
        code=RiskCode.DUPLICATE_INTENT,
        refuses="a slot that was used before, and a second open order of one side in a symbol",
        unit="name of the order",
        statements="OS-08",
    ),
    Control(
        code=RiskCode.MAX_ORDERS_PER_DAY,
        refuses="more orders in one session than a sound plan has",
        unit="orders a session",
        key="[risk] max_orders_per_day",
        statements="OS-09",
    ),
    Control(
        code=RiskCode.SHORT_SALE,
        refuses="sales of more shares than are held and not yet on sale",
        unit="shares",
        statements="RC-01",
    ),
    Control(
        code=RiskCode.MAX_ORDER_QUANTITY,
        refuses="single orders above a number of shares",
        unit="shares",
        key="[risk] max_order_quantity",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_ORDER_NOTIONAL,
        refuses="single orders above a number of dollars",
        unit="dollars",
        key="[risk] max_order_notional",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_ORDER_EQUITY,
        refuses="single buys above a share of equity",
        unit="fraction of equity",
        key="[risk] max_order_equity",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_POSITION,
        refuses="buys after which one symbol has more than its class or it may have",
        unit="fraction of equity",
        key="[risk.max_position]",
        statements="RC-01, RC-02",
    ),
    Control(
        code=RiskCode.POSITION_UNPRICED,
        refuses="buys while a position has no price, so that exposure is unknown",
        unit="priced or unknown",
        statements="RC-03",
    ),
    Control(
        code=RiskCode.MAX_GROSS_EXPOSURE,
        refuses="buys after which all positions, times their leverage, come to too much",
        unit="fraction of equity",
        key="[risk] max_gross_exposure",
        statements="RC-03, RC-05",
    ),
    Control(
        code=RiskCode.BUYING_POWER,
        refuses="buys that cost more than the books or the broker have left for them",
        unit="dollars",
        statements="SE-03, SE-07",
    ),
    Control(
        code=RiskCode.DEADLINE,
        refuses="to go on with a plan after its deadline",
        unit="moment, UTC",
        key="[schedule]",
        statements="OS-22",
    ),
)
"""One a code, in the order in which the last gate looks."""
