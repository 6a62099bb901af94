"""The table `[risk]` of `alchemiser.toml`: what may not be exceeded, and what stops trading."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, field_validator, model_validator

from alchemiser.domain.risk.breakers import Action, BreakerLimits
from alchemiser.domain.risk.limits import DEFAULT_MAX_POSITION, OverLimit, RiskLimits
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import AssetClass, ListingStatus, Sector
from alchemiser.settings.fields import Exact, Section, did_you_mean
from alchemiser.settings.usual import usual_breakers, usual_limits

DOLLARS_MAX: Final = 1_000_000_000
_SHAPED: Final = {
    "over_limit",
    "max_position",
    "max_sector",
    "max_asset_class",
    "restricted",
    "status",
    "breakers",
}
"""Lines that become something else before they are a limit."""
_CLASSES: Final = frozenset(kind.value for kind in AssetClass)
_SECTORS: Final = frozenset(sector.value for sector in Sector)
Kind = TypeVar("Kind", bound=StrEnum)


def _ticker(name: str) -> str:
    """Return the ticker in `name`.

    Raises:
        ValueError: When it is none.
    """
    try:
        return symbol(name)
    except InvalidValueError as error:
        raise ValueError(str(error)) from error


Ticker = Annotated[str, AfterValidator(_ticker)]


def _named(table: str, known: frozenset[str]) -> Callable[[dict[str, Decimal]], dict[str, Decimal]]:
    """Return a check that every key of a table is one of `known`."""

    def check(limits: dict[str, Decimal]) -> dict[str, Decimal]:
        """Return `limits`.

        Raises:
            ValueError: When a key is not known.
        """
        for name in limits:
            if name not in known:
                msg = f"{table}.{name} is not known: {did_you_mean(name, known)}"
                raise ValueError(msg)
        return limits

    return check


def _share(most: object, example: str) -> str:
    return f"a fraction of equity above 0 and at most {most}, such as {example}"


def _whole(least: int, most: int) -> str:
    return f"a whole number from {least} to {most}"


StatusName = Literal["not_tradable", "halted", "suspended", "delisted", "corporate_action"]
UpToOne = Annotated[Exact, Field(gt=0, le=1)]
UpToFour = Annotated[Exact, Field(gt=0, le=4)]
Many = Annotated[int, Field(ge=1, le=10_000)]
_PRICE_SHARE: Final = "a fraction of the price above 0 and at most 0.2, such as 0.02"


class Breakers(Section):
    """What stops trading by itself, until a person lifts it."""

    drawdown_action: Literal["stop_increasing", "reduce", "liquidate"] = Field(
        default="stop_increasing",
        description='drawdown_action = "stop_increasing", "reduce" or "liquidate"',
    )
    max_trend_loss: UpToOne | None = Field(default=None, description=_share(1, "0.15"))
    trend_sessions: int = Field(default=5, ge=1, le=63, description=_whole(1, 63))
    max_losing_sessions: int | None = Field(default=None, ge=1, le=63, description=_whole(1, 63))
    strategy_max_daily_loss: UpToOne | None = Field(default=None, description=_share(1, "0.15"))
    strategy_max_drawdown: UpToOne | None = Field(default=None, description=_share(1, "0.35"))
    strategy_failures_max: int = Field(default=3, ge=1, le=100, description=_whole(1, 100))
    cycle_failures_max: int = Field(default=3, ge=1, le=100, description=_whole(1, 100))
    refusals_max: int = Field(default=5, ge=1, le=1000, description=_whole(1, 1000))
    data_losses_max: int = Field(default=2, ge=1, le=100, description=_whole(1, 100))
    clock_skew_seconds_max: int = Field(
        default=30, ge=1, le=3600, description="whole seconds from 1 to 3600, such as 30"
    )
    cool_off_sessions: int = Field(default=1, ge=0, le=60, description=_whole(0, 60))


class Risk(Section):
    """What may not be exceeded."""

    over_limit: Literal["clip", "refuse"] = Field(
        default="clip", description='over_limit = "clip" or "refuse"'
    )
    max_position: dict[str, UpToOne] = Field(default_factory=dict, description=_share(1, "0.25"))
    max_sector: Annotated[dict[str, UpToFour], AfterValidator(_named("max_sector", _SECTORS))] = (
        Field(default_factory=dict, description=_share(4, "0.25"))
    )
    max_asset_class: Annotated[
        dict[str, UpToOne], AfterValidator(_named("max_asset_class", _CLASSES))
    ] = Field(default_factory=dict, description=_share(1, "0.25"))
    max_underlying: UpToFour | None = Field(default=None, description=_share(4, "1.00"))
    correlation_threshold: Exact = Field(
        default=Decimal("0.9"), gt=0, le=1, description="a number above 0 and at most 1"
    )
    correlation_sessions: int = Field(default=60, ge=20, le=250, description=_whole(20, 250))
    max_gross_exposure: UpToFour = Field(default=Decimal(1), description=_share(4, "1.00"))
    max_net_exposure: UpToFour | None = Field(default=None, description=_share(4, "1.00"))
    max_leverage: UpToFour = Field(default=Decimal(1), description=_share(4, "1.00"))
    max_margin_use: UpToOne = Field(default=Decimal(1), description=_share(1, "1.00"))
    max_var: UpToOne | None = Field(default=None, description=_share(1, "0.10"))
    max_expected_shortfall: UpToOne | None = Field(default=None, description=_share(1, "0.15"))
    var_confidence: Exact = Field(
        default=Decimal("0.99"),
        ge=Decimal("0.9"),
        le=Decimal("0.999"),
        description="a number from 0.9 to 0.999, such as 0.99",
    )
    var_sessions: int = Field(default=250, ge=60, le=1000, description=_whole(60, 1000))
    max_order_quantity: Exact | None = Field(
        default=None, gt=0, le=1_000_000_000, description="shares above 0, such as 5000"
    )
    max_order_notional: Exact | None = Field(
        default=None, gt=0, le=DOLLARS_MAX, description="dollars above 0, such as 25000"
    )
    max_order_equity: UpToOne = Field(default=Decimal(1), description=_share(1, "1.00"))
    max_adv_share: UpToOne = Field(
        default=Decimal("0.10"),
        description="a fraction of the daily volume above 0 and at most 1, such as 0.10",
    )
    adv_sessions: int = Field(default=20, ge=5, le=250, description=_whole(5, 250))
    max_symbol_turnover: Exact = Field(
        default=Decimal(2), gt=0, le=100, description=_share(100, "2.00")
    )
    max_turnover: Exact = Field(default=Decimal(3), gt=0, le=100, description=_share(100, "3.00"))
    max_orders_per_day: Many = Field(default=200, description=_whole(1, 10_000))
    max_orders_per_minute: Many = Field(default=180, description=_whole(1, 10_000))
    max_orders_per_symbol: Many = Field(default=20, description=_whole(1, 10_000))
    max_repeats: Many = Field(default=10, description=_whole(1, 10_000))
    max_reversals: Many = Field(default=20, description=_whole(1, 10_000))
    reversal_sessions: int = Field(default=20, ge=1, le=60, description=_whole(1, 60))
    max_daily_loss: UpToOne | None = Field(default=None, description=_share(1, "0.05"))
    max_drawdown: UpToOne | None = Field(default=None, description=_share(1, "0.25"))
    max_spread: Exact = Field(
        default=Decimal("0.02"), gt=0, le=Decimal("0.2"), description=_PRICE_SHARE
    )
    price_collar: Exact = Field(
        default=Decimal("0.02"), gt=0, le=Decimal("0.2"), description=_PRICE_SHARE
    )
    quote_age_seconds_max: int = Field(
        default=60, ge=1, le=3600, description="whole seconds from 1 to 3600, such as 60"
    )
    restricted: list[Ticker] = Field(
        default_factory=list, description='symbols, such as ["TSLA", "GME"]'
    )
    status: dict[Ticker, StatusName] = Field(
        default_factory=dict, description='a status, such as TWTR = "corporate_action"'
    )
    intraday_margin_since: date | None = Field(
        default=None, description="a day, such as 2026-06-04, without quotes"
    )
    breakers: Breakers = Field(default_factory=Breakers)

    @field_validator("max_position")
    @classmethod
    def _classes_and_symbols(cls, limits: dict[str, Decimal]) -> dict[str, Decimal]:
        for name in limits:
            if name not in _CLASSES:
                try:
                    symbol(name)
                except InvalidValueError as error:
                    hint = did_you_mean(name, _CLASSES)
                    msg = f"max_position.{name} names neither a class nor a symbol: {hint}"
                    raise ValueError(msg) from error
        return limits

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        held = self.limits()
        shortfall, var = held.max_expected_shortfall, held.max_var
        if shortfall is not None and var is not None and shortfall < var:
            msg = (
                f"max_expected_shortfall = {shortfall} is below max_var = {var}, and the first is "
                "never the smaller figure: raise it, or lower the second"
            )
            raise ValueError(msg)
        return self

    def limits(self) -> RiskLimits:
        """Return the limits: the usual ones with what is written over them."""
        usual = usual_limits(self.max_gross_exposure, self.max_position)
        written = self.max_position
        symbols = {Symbol(name): limit for name, limit in written.items() if name not in _CLASSES}
        return replace(
            usual,
            max_position=_over(DEFAULT_MAX_POSITION, written),
            max_position_symbol=symbols,
            max_sector=_over(usual.max_sector or {}, self.max_sector),
            max_asset_class=_over(usual.max_asset_class or {}, self.max_asset_class),
            restricted=frozenset(map(Symbol, self.restricted)),
            over_limit=OverLimit(self.over_limit),
            **_set(self.model_dump(exclude=_SHAPED)),
        )

    def statuses(self) -> dict[Symbol, ListingStatus]:
        """Return what the owner knows of symbols that cannot be traded."""
        return {Symbol(name): ListingStatus(one) for name, one in self.status.items()}

    def breaker_limits(self) -> BreakerLimits:
        """Return what stops trading by itself: the usual with what is written over it."""
        losses = {"max_daily_loss": self.max_daily_loss, "max_drawdown": self.max_drawdown}
        return replace(
            usual_breakers(self.max_gross_exposure),
            drawdown_action=Action(self.breakers.drawdown_action),
            **_set(self.breakers.model_dump(exclude={"drawdown_action"}) | losses),
        )


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written, or has a default of its own."""
    return {name: value for name, value in values.items() if value is not None}


def _over(usual: Mapping[Kind, Decimal], written: Mapping[str, Decimal]) -> dict[Kind, Decimal]:
    return {kind: written.get(kind, limit) for kind, limit in usual.items()}
