"""Controls of whether an order may be sent at all, and of how orders follow one another."""

from typing import Final

from alchemiser.domain.risk.catalogue_rows import Control
from alchemiser.domain.risk.limits import RiskCode

CONDUCT: Final = (
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
        code=RiskCode.SYMBOL_HALTED,
        refuses="symbols that reference data or the quote say are halted",
        unit="tradable or halted",
        statements="OS-20",
    ),
    Control(
        code=RiskCode.SYMBOL_SUSPENDED,
        refuses="symbols whose trading is suspended",
        unit="tradable or suspended",
        statements="OS-20",
    ),
    Control(
        code=RiskCode.SYMBOL_DELISTED,
        refuses="symbols that are not listed any more",
        unit="tradable or delisted",
        statements="OS-20",
    ),
    Control(
        code=RiskCode.CORPORATE_ACTION,
        refuses="symbols in which a split, a merger or a change of name is under way",
        unit="tradable or pending corporate action",
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
        code=RiskCode.WASH_TRADE,
        refuses="orders that could trade with an open order of our own",
        unit="dollars",
        statements="RC-18",
    ),
    Control(
        code=RiskCode.MAX_ORDERS_PER_DAY,
        refuses="more orders in one session than a sound plan has",
        unit="orders a session",
        key="[risk] max_orders_per_day",
        statements="OS-09",
    ),
    Control(
        code=RiskCode.MAX_ORDERS_PER_MINUTE,
        refuses="more orders within sixty seconds than a sound plan has",
        unit="orders a minute",
        key="[risk] max_orders_per_minute",
        statements="OS-09",
    ),
    Control(
        code=RiskCode.MAX_ORDERS_PER_SYMBOL,
        refuses="more orders in one symbol in one session than a sound plan has",
        unit="orders a session",
        key="[risk] max_orders_per_symbol",
        statements="OS-09",
    ),
    Control(
        code=RiskCode.REPEATED_ORDER,
        refuses="the same symbol, side and quantity over and over in one session",
        unit="orders a session",
        key="[risk] max_repeats",
        statements="OS-09, RC-18",
    ),
    Control(
        code=RiskCode.CHURN,
        refuses="buys in a symbol that is bought and sold over and over",
        unit="changes of side within `reversal_sessions`",
        key="[risk] max_reversals",
        statements="RC-18",
    ),
    Control(
        code=RiskCode.SHORT_SALE,
        refuses="sales of more shares than are held and not yet on sale",
        unit="shares",
        statements="RC-01",
    ),
    Control(
        code=RiskCode.DAY_TRADE,
        refuses="day trades that the rule in force does not allow a margin account",
        unit="day trades, or dollars of a deficit",
        key="[risk] intraday_margin_since",
        statements="SE-02, SE-05",
    ),
    Control(
        code=RiskCode.MAX_DAILY_LOSS,
        refuses="buys once equity is too far below the last session's close",
        unit="fraction of equity then",
        key="[risk] max_daily_loss",
        statements="RC-06",
    ),
    Control(
        code=RiskCode.MAX_DRAWDOWN,
        refuses="buys once equity is too far below its peak",
        unit="fraction of the peak",
        key="[risk] max_drawdown",
        statements="RC-08",
    ),
)
