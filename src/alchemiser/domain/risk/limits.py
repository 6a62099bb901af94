"""What may not be exceeded, and what a refusal looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alchemiser.domain.risk.policy import CLASS_POLICIES, MAX_SECTOR
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.domain.values.numbers import ONE


class TradingState(StrEnum):
    """How much the engine may do."""

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


class RiskCode(StrEnum):
    """Stable names of the checks."""

    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_BLOCKED = "account_blocked"
    TRADING_STATE = "trading_state"
    SESSION_CLOSED = "session_closed"
    SYMBOL_NOT_TRADABLE = "symbol_not_tradable"
    SYMBOL_HALTED = "symbol_halted"
    SYMBOL_SUSPENDED = "symbol_suspended"
    SYMBOL_DELISTED = "symbol_delisted"
    CORPORATE_ACTION = "corporate_action"
    RESTRICTED = "restricted"
    SYMBOL_UNRECONCILED = "symbol_unreconciled"
    QUANTITY_INVALID = "quantity_invalid"
    PRICE_INVALID = "price_invalid"
    PRICE_UNKNOWN = "price_unknown"
    PRICE_STALE = "price_stale"
    QUOTE_CROSSED = "quote_crossed"
    MAX_SPREAD = "max_spread"
    PRICE_COLLAR = "price_collar"
    POSITION_UNPRICED = "position_unpriced"
    DUPLICATE_INTENT = "duplicate_intent"
    WASH_TRADE = "wash_trade"
    REPEATED_ORDER = "repeated_order"
    CHURN = "churn"
    DAY_TRADE = "day_trade"
    MAX_ORDERS_PER_DAY = "max_orders_per_day"
    MAX_ORDERS_PER_MINUTE = "max_orders_per_minute"
    MAX_ORDERS_PER_SYMBOL = "max_orders_per_symbol"
    SHORT_SALE = "short_sale"
    MAX_DAILY_LOSS = "max_daily_loss"
    MAX_DRAWDOWN = "max_drawdown"
    MAX_ORDER_QUANTITY = "max_order_quantity"
    MAX_ORDER_NOTIONAL = "max_order_notional"
    MAX_ORDER_EQUITY = "max_order_equity"
    MAX_ADV_SHARE = "max_adv_share"
    MAX_SYMBOL_TURNOVER = "max_symbol_turnover"
    MAX_TURNOVER = "max_turnover"
    MAX_POSITION = "max_position"
    MAX_SECTOR = "max_sector"
    MAX_ASSET_CLASS = "max_asset_class"
    MAX_UNDERLYING = "max_underlying"
    MAX_CORRELATED = "max_correlated"
    MAX_GROSS_EXPOSURE = "max_gross_exposure"
    MAX_LEVERAGE = "max_leverage"
    MAX_MARGIN_USE = "max_margin_use"
    MAX_NET_EXPOSURE = "max_net_exposure"
    MAX_VAR = "max_var"
    MAX_EXPECTED_SHORTFALL = "max_expected_shortfall"
    SETTLED_CASH = "settled_cash"
    BUYING_POWER = "buying_power"
    PLAN_FAILURE = "plan_failure"
    DEADLINE = "deadline"


RUNAWAY_CODES: Final = frozenset({
    RiskCode.MAX_ORDERS_PER_DAY,
    RiskCode.MAX_ORDERS_PER_MINUTE,
    RiskCode.MAX_ORDERS_PER_SYMBOL,
    RiskCode.REPEATED_ORDER,
})
"""Refusals that say that something sends orders which should not: trading is halted (OS-09)."""


PRICE_IT: Final = (
    "sell what has no quote, move it to another account, or add its bars to the source of data"
)
"""What an owner can do about a position whose exposure is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Refuse something, with the numbers.

    Attributes:
        code: Which check refused.
        observed: What was found, in the check's unit.
        limit: What would have passed, in the same unit.
        symbol: The symbol concerned, or None when the whole plan is.
    """

    code: RiskCode
    observed: str
    limit: str
    symbol: Symbol | None = None

    def sentence(self) -> str:
        """Return the refusal in plain words, and what can be done about one that stays."""
        return f"{'the plan' if self.symbol is None else self.symbol}: {self.numbers()}"

    def numbers(self) -> str:
        """Return the refusal as `sentence` does, without the symbol."""
        told = f"{self.code} is {self.observed}, the limit {self.limit}"
        return f"{told} ({PRICE_IT})" if self.code is RiskCode.POSITION_UNPRICED else told


class OverLimit(StrEnum):
    """What becomes of a wish that a limit does not leave room for."""

    CLIP = "clip"
    """It is cut to the room there is."""
    REFUSE = "refuse"
    """It is dropped whole."""


DEFAULT_MAX_POSITION: Final[Mapping[AssetClass, Decimal]] = MappingProxyType({
    kind: policy.max_position for kind, policy in CLASS_POLICIES.items()
})
DEFAULT_MAX_ASSET_CLASS: Final[Mapping[AssetClass, Decimal]] = MappingProxyType({
    kind: policy.max_together for kind, policy in CLASS_POLICIES.items()
})


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Hold every limit; None means that the check is off, which only research may choose.

    Attributes:
        max_position: Largest position of one symbol by asset class, as a share of equity.
        max_position_symbol: The same for single symbols; wins over the class.
        max_sector: Exposure to one sector, as a share of equity, times leverage (look-through).
        max_asset_class: All positions of one asset class, as a share of equity.
        max_underlying: Exposure to one underlying, as a share of equity, look-through.
        correlation_threshold: Positions whose returns correlate by more than this count as one,
            and together may have what the largest of their own limits allows.
        correlation_sessions: Returns that a correlation rests on.
        max_gross_exposure: Sum of all positions times their leverage factor, as a share of
            equity (look-through: a triple fund counts three times).
        max_net_exposure: The same with signs, taken absolutely: inverse funds count against it.
        max_leverage: Sum of all positions at their market value, as a share of equity.
        max_margin_use: Maintenance margin required, as a share of equity.
        max_var: Loss of one session that is exceeded with a chance of 1 - `var_confidence`, the
            larger of the historical and the parametric figure, as a share of equity.
        max_expected_shortfall: Mean loss beyond that, likewise.
        var_confidence: In (0.5, 1).
        var_sessions: Returns that both rest on.
        max_order_quantity: Largest order in shares.
        max_order_notional: Largest order in dollars at its limit price.
        max_order_equity: Largest buy as a share of equity.
        max_adv_share: Largest order as a share of the symbol's average daily volume, in dollars.
        adv_sessions: Sessions that the average rests on.
        max_symbol_turnover: Dollars traded in one symbol in one session, as a share of equity.
        max_turnover: Dollars traded in one session, as a share of equity; only buys are refused.
        max_orders_per_day: Orders sent in one session.
        max_orders_per_minute: Orders sent within sixty seconds.
        max_orders_per_symbol: Orders sent in one symbol in one session.
        max_repeats: Orders of one symbol, side and quantity in one session.
        max_reversals: Changes from buying to selling or back in one symbol within
            `reversal_sessions`.
        reversal_sessions: Sessions that churn is looked for in, the present one included.
        max_daily_loss: Loss since the last session's close after which nothing is bought, as a
            share of the equity then.
        max_drawdown: Fall below the highest equity after which nothing is bought, a share of it.
        max_spread: Largest distance of bid and ask from each other, as a share of the mid.
        price_collar: Largest distance of a limit price from the mid, as a share of the mid.
        quote_age_seconds_max: Oldest usable quote, seconds.
        restricted: Symbols that may be sold and not bought.
        over_limit: What becomes of a wish that a limit does not leave room for.
        intraday_margin_since: Since when the broker holds to the rule on intraday margin, None
            when that is not known; see `market_rules.day_trading`.
    """

    max_position: Mapping[AssetClass, Decimal] | None = field(
        default_factory=lambda: DEFAULT_MAX_POSITION
    )
    max_position_symbol: Mapping[Symbol, Decimal] = field(
        default_factory=lambda: MappingProxyType({})
    )
    max_sector: Mapping[Sector, Decimal] | None = field(default_factory=lambda: MAX_SECTOR)
    max_asset_class: Mapping[AssetClass, Decimal] | None = field(
        default_factory=lambda: DEFAULT_MAX_ASSET_CLASS
    )
    max_underlying: Decimal | None = ONE
    correlation_threshold: Decimal | None = Decimal("0.9")
    correlation_sessions: int = 60
    max_gross_exposure: Decimal | None = ONE
    max_net_exposure: Decimal | None = ONE
    max_leverage: Decimal | None = ONE
    max_margin_use: Decimal | None = ONE
    max_var: Decimal | None = Decimal("0.10")
    max_expected_shortfall: Decimal | None = Decimal("0.15")
    var_confidence: Decimal = Decimal("0.99")
    var_sessions: int = 250
    max_order_quantity: Decimal | None = None
    max_order_notional: Decimal | None = None
    max_order_equity: Decimal | None = ONE
    max_adv_share: Decimal | None = Decimal("0.10")
    adv_sessions: int = 20
    max_symbol_turnover: Decimal | None = Decimal(2)
    max_turnover: Decimal | None = Decimal(3)
    max_orders_per_day: int | None = 200
    max_orders_per_minute: int | None = 180
    max_orders_per_symbol: int | None = 20
    max_repeats: int | None = 10
    max_reversals: int | None = 20
    reversal_sessions: int = 20
    max_daily_loss: Decimal | None = Decimal("0.05")
    max_drawdown: Decimal | None = Decimal("0.25")
    max_spread: Decimal = Decimal("0.02")
    price_collar: Decimal = Decimal("0.02")
    quote_age_seconds_max: int = 60
    restricted: frozenset[Symbol] = frozenset()
    over_limit: OverLimit = OverLimit.CLIP
    intraday_margin_since: date | None = None

    def position_limit(self, instrument: Instrument) -> Decimal | None:
        """Return the largest share of equity that `instrument` may have; None is no limit."""
        if instrument.symbol in self.max_position_symbol:
            return self.max_position_symbol[instrument.symbol]
        return None if self.max_position is None else self.max_position[instrument.asset_class]


RESEARCH_LIMITS = RiskLimits(
    max_position=None,
    max_sector=None,
    max_asset_class=None,
    max_underlying=None,
    correlation_threshold=None,
    max_gross_exposure=None,
    max_net_exposure=None,
    max_leverage=None,
    max_margin_use=None,
    max_var=None,
    max_expected_shortfall=None,
    max_order_equity=None,
    max_adv_share=None,
    max_symbol_turnover=None,
    max_turnover=None,
    max_orders_per_day=None,
    max_orders_per_minute=None,
    max_orders_per_symbol=None,
    max_repeats=None,
    max_reversals=None,
    max_daily_loss=None,
    max_drawdown=None,
)
"""Integrity checks only, for studies of a strategy's own merits."""
