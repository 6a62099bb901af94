"""What may not be exceeded, and what a refusal looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
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
    RESTRICTED = "restricted"
    QUANTITY_INVALID = "quantity_invalid"
    PRICE_INVALID = "price_invalid"
    PRICE_UNKNOWN = "price_unknown"
    PRICE_STALE = "price_stale"
    QUOTE_CROSSED = "quote_crossed"
    MAX_SPREAD = "max_spread"
    PRICE_COLLAR = "price_collar"
    POSITION_UNPRICED = "position_unpriced"
    MAX_ORDER_QUANTITY = "max_order_quantity"
    MAX_ORDER_NOTIONAL = "max_order_notional"
    MAX_ORDER_EQUITY = "max_order_equity"
    MAX_POSITION = "max_position"
    MAX_GROSS_EXPOSURE = "max_gross_exposure"
    BUYING_POWER = "buying_power"
    SHORT_SALE = "short_sale"
    MAX_ORDERS_PER_DAY = "max_orders_per_day"
    DUPLICATE_INTENT = "duplicate_intent"
    DEADLINE = "deadline"


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
        """Return the refusal in plain words."""
        subject = "the plan" if self.symbol is None else self.symbol
        return f"{subject}: {self.code} is {self.observed}, the limit {self.limit}"


DEFAULT_MAX_POSITION: Mapping[AssetClass, Decimal] = MappingProxyType({
    AssetClass.STOCK: Decimal("0.10"),
    AssetClass.BROAD_FUND: ONE,
    AssetClass.SECTOR_FUND: Decimal("0.25"),
    AssetClass.LEVERAGED_FUND: Decimal("0.10"),
})


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Hold every limit; None means that the check is off, which only research may choose.

    Attributes:
        max_position: Largest position of one symbol by asset class, as a share of equity.
        max_position_symbol: The same for single symbols; wins over the class.
        max_gross_exposure: Sum of all positions times their leverage factor, as a share of
            equity (look-through: a triple fund counts three times).
        max_order_quantity: Largest order in shares.
        max_order_notional: Largest order in dollars at its limit price.
        max_order_equity: Largest order as a share of equity.
        max_orders_per_day: Orders sent in one session.
        max_spread: Largest distance of bid and ask from each other, as a share of the mid.
        price_collar: Largest distance of a limit price from the mid, as a share of the mid.
        quote_age_seconds_max: Oldest usable quote, seconds.
        restricted: Symbols that may be sold and not bought.
    """

    max_position: Mapping[AssetClass, Decimal] | None = field(
        default_factory=lambda: DEFAULT_MAX_POSITION
    )
    max_position_symbol: Mapping[Symbol, Decimal] = field(
        default_factory=lambda: MappingProxyType({})
    )
    max_gross_exposure: Decimal | None = ONE
    max_order_quantity: Decimal | None = None
    max_order_notional: Decimal | None = None
    max_order_equity: Decimal | None = ONE
    max_orders_per_day: int | None = 200
    max_spread: Decimal = Decimal("0.02")
    price_collar: Decimal = Decimal("0.02")
    quote_age_seconds_max: int = 60
    restricted: frozenset[Symbol] = frozenset()

    def position_limit(self, instrument: Instrument) -> Decimal | None:
        """Return the largest share of equity that `instrument` may have; None is no limit."""
        if instrument.symbol in self.max_position_symbol:
            return self.max_position_symbol[instrument.symbol]
        return None if self.max_position is None else self.max_position[instrument.asset_class]


RESEARCH_LIMITS = RiskLimits(
    max_position=None, max_gross_exposure=None, max_order_equity=None, max_orders_per_day=None
)
"""Integrity checks only, for studies of a strategy's own merits."""
