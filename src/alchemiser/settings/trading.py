"""The tables of `alchemiser.toml` that say what is traded: every key, its range and default."""

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.consolidation import AllocationSettings
from alchemiser.domain.risk.limits import DEFAULT_MAX_POSITION, RiskLimits
from alchemiser.domain.rules.regime import Benchmarks
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.domain.values.instrument import CASH_LIKE, AssetClass
from alchemiser.domain.values.numbers import ONE
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.settings.fields import Exact, Name, Section, did_you_mean

DOLLARS_MAX: Final = 1_000_000_000
_CLASSES: Final = frozenset(kind.value for kind in AssetClass)


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


class StrategySettings(Section):
    """One strategy and its share of the account."""

    plugin: Name = Field(description='its distribution\'s name, such as "alchemiser-nuclear"')
    strategy: Name | None = Field(
        default=None, description="the name the plugin gives it, in quotes"
    )
    version: Name | None = Field(default=None, description='the plugin\'s version, such as "0.1.0"')
    hash: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="the 64 hexadecimal digits that `alchemiser plugins list` prints",
    )
    weight: Exact = Field(
        gt=0, le=1, description="a fraction of equity above 0 and at most 1, such as 0.5"
    )
    time_limit: int = Field(
        default=10, ge=1, le=600, description="whole seconds from 1 to 600, such as 10"
    )
    on_undecided: Literal["hold", "fallback"] = Field(
        default="hold", description='on_undecided = "hold" or "fallback"'
    )
    fallback: dict[str, Annotated[Exact, Field(gt=0, le=1)]] = Field(
        default_factory=lambda: {"BIL": ONE},
        description="weights that sum to 1, such as { BIL = 1 }",
    )
    fallback_after: int = Field(
        default=5, ge=1, le=250, description="whole sessions from 1 to 250, such as 5"
    )
    params: dict[str, object] = Field(
        default_factory=dict, description="a table of the strategy's own options"
    )

    @field_validator("fallback")
    @classmethod
    def _cash_like(cls, weights: dict[str, Decimal]) -> dict[str, Decimal]:
        risky = sorted(weights.keys() - CASH_LIKE)
        if risky:
            known = ", ".join(sorted(CASH_LIKE))
            msg = f"fallback.{risky[0]} is not cash-like: fall back to one or more of {known}"
            raise ValueError(msg)
        if sum(weights.values()) != ONE:
            msg = "the weights of fallback do not sum to 1: write { BIL = 1 }, for example"
            raise ValueError(msg)
        return weights

    def fallback_target(self) -> TargetPortfolio | None:
        """Return what is held when the strategy has been silent, or None to hold what there is."""
        if self.on_undecided == "hold":
            return None
        return TargetPortfolio.of({
            Symbol(name): float(part) for name, part in self.fallback.items()
        })


class Regime(Section):
    """What stands for the market when decisions are labelled."""

    market: Ticker = Field(default="SPY", description='a symbol, such as "SPY"')
    bonds: Ticker = Field(default="TLT", description='a symbol, such as "TLT"')

    def benchmarks(self) -> Benchmarks:
        """Return the funds that decisions are labelled by."""
        return Benchmarks(market=Symbol(self.market), bonds=Symbol(self.bonds))


_SHARE = "a fraction of equity above 0 and at most {}, such as {}"


class Risk(Section):
    """What may not be exceeded."""

    max_position: dict[str, Annotated[Exact, Field(gt=0, le=1)]] = Field(
        default_factory=dict, description=_SHARE.format(1, "0.25")
    )
    max_gross_exposure: Exact = Field(
        default=Decimal(1), gt=0, le=4, description=_SHARE.format(4, "1.00")
    )
    max_order_quantity: Exact | None = Field(
        default=None, gt=0, le=1_000_000_000, description="shares above 0, such as 5000"
    )
    max_order_notional: Exact | None = Field(
        default=None, gt=0, le=DOLLARS_MAX, description="dollars above 0, such as 25000"
    )
    max_order_equity: Exact = Field(
        default=Decimal(1), gt=0, le=1, description=_SHARE.format(1, "1.00")
    )
    max_orders_per_day: int = Field(
        default=200, ge=1, le=10_000, description="a whole number from 1 to 10000"
    )
    max_spread: Exact = Field(
        default=Decimal("0.02"),
        gt=0,
        le=Decimal("0.2"),
        description="a fraction of the price above 0 and at most 0.2, such as 0.02",
    )
    price_collar: Exact = Field(
        default=Decimal("0.02"),
        gt=0,
        le=Decimal("0.2"),
        description="a fraction of the price above 0 and at most 0.2, such as 0.02",
    )
    quote_age_seconds_max: int = Field(
        default=60, ge=1, le=3600, description="whole seconds from 1 to 3600, such as 60"
    )

    restricted: list[Ticker] = Field(
        default_factory=list, description='symbols, such as ["TSLA", "GME"]'
    )

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

    def limits(self) -> RiskLimits:
        """Return the limits: the defaults by class with what is written over them."""
        written = self.max_position
        classes = {kind: written.get(kind, usual) for kind, usual in DEFAULT_MAX_POSITION.items()}
        symbols = {Symbol(name): limit for name, limit in written.items() if name not in _CLASSES}
        return RiskLimits(
            max_position=classes,
            max_position_symbol=symbols,
            max_gross_exposure=self.max_gross_exposure,
            max_order_quantity=self.max_order_quantity,
            max_order_notional=self.max_order_notional,
            max_order_equity=self.max_order_equity,
            max_orders_per_day=self.max_orders_per_day,
            max_spread=self.max_spread,
            price_collar=self.price_collar,
            quote_age_seconds_max=self.quote_age_seconds_max,
            restricted=frozenset(map(Symbol, self.restricted)),
        )


_SECONDS = "whole seconds from 1 to 600"


class Execution(Section):
    """How targets become orders, and how patiently they are worked."""

    algorithm: Literal["marketable_limit"] = Field(
        default="marketable_limit", description='algorithm = "marketable_limit"'
    )
    cash_buffer: Exact = Field(
        default=Decimal("0.01"),
        ge=0,
        le=Decimal("0.5"),
        description="a fraction from 0 to 0.5, such as 0.01",
    )
    drift_band: Exact = Field(
        default=Decimal("0.01"),
        ge=0,
        le=Decimal("0.5"),
        description="a fraction from 0 to 0.5, such as 0.01",
    )
    minimum_trade: Exact = Field(
        default=Decimal(5), ge=1, le=1_000_000, description="dollars, at least 1, such as 5"
    )
    limit_offset: Exact = Field(
        default=Decimal("0.005"),
        ge=0,
        le=Decimal("0.1"),
        description="a fraction of the price from 0 to 0.1, such as 0.005",
    )
    poll_seconds: int = Field(default=1, ge=1, le=600, description=_SECONDS)
    order_seconds_max: int = Field(default=60, ge=1, le=600, description=_SECONDS)
    absences_min: int = Field(default=3, ge=1, le=20, description="a whole number from 1 to 20")
    sends_max: int = Field(default=30, ge=1, le=100, description="a whole number from 1 to 100")
    acceptance_seconds_max: int = Field(default=60, ge=1, le=600, description=_SECONDS)
    give_up_seconds: int = Field(default=90, ge=1, le=600, description=_SECONDS)

    @model_validator(mode="after")
    def _waits_are_in_order(self) -> Self:
        waits = (
            ("poll_seconds", "order_seconds_max"),
            # An order lost at the deadline would stay unknown for ever.
            ("acceptance_seconds_max", "give_up_seconds"),
        )
        for shorter, longer in waits:
            if getattr(self, shorter) >= getattr(self, longer):
                msg = (
                    f"{shorter} = {getattr(self, shorter)} is not below {longer} = "
                    f"{getattr(self, longer)}: lower the first or raise the second"
                )
                raise ValueError(msg)
        return self

    def allocation(self) -> AllocationSettings:
        """Return how weights become shares."""
        return AllocationSettings(cash_buffer=self.cash_buffer, drift_band=self.drift_band)

    def planning(self) -> PlanSettings:
        """Return how intents become orders."""
        return PlanSettings(minimum_trade=self.minimum_trade, limit_offset=self.limit_offset)

    def patience(self) -> ExecutionSettings:
        """Return how patiently orders are worked."""
        return ExecutionSettings(
            poll_seconds=self.poll_seconds,
            order_seconds_max=self.order_seconds_max,
            absences_min=self.absences_min,
            sends_max=self.sends_max,
            acceptance_seconds_max=self.acceptance_seconds_max,
            give_up_seconds=self.give_up_seconds,
        )
