"""The tables of `alchemiser.toml` that say what is traded: every key, its range and default."""

from dataclasses import replace
from decimal import Decimal
from math import ceil
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from alchemiser.domain.execution.algorithms.settings import AlgorithmSettings
from alchemiser.domain.execution.patience import ExecutionSettings
from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.plan import OnFailure
from alchemiser.domain.orders.working import CHILDREN_MAX, Algorithm
from alchemiser.domain.planning.choosing import AlgorithmChoice
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings
from alchemiser.domain.portfolio.bands import CostBands
from alchemiser.domain.portfolio.exits import Exits
from alchemiser.domain.portfolio.sizing import Sizing
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import CASH_LIKE
from alchemiser.domain.values.numbers import ONE
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.settings.fields import Band, Exact, Name, Section

_POLLED: Final = 600
"""Seconds between polls times the ration: two requests a poll take a fifth of it."""
_POLL_SECONDS_MAX: Final = 5
"""Longest time between polls for the sake of a ration, seconds."""
Fraction = Annotated[Exact, Field(gt=0, lt=1)]
_DISTANCE = "a fraction of the price above 0 and below 1, such as 0.10"
_SESSIONS = "whole sessions from 2 to 250, such as 20"


class ExitSettings(Section):
    """When a strategy's positions are given up, whatever it wants."""

    stop_loss: Fraction | None = Field(default=None, description=_DISTANCE)
    take_profit: Exact | None = Field(
        default=None, gt=0, le=100, description="a fraction of the price above 0, such as 0.5"
    )
    trailing_stop: Fraction | None = Field(default=None, description=_DISTANCE)

    def exits(self) -> Exits:
        """Return the rules."""
        return Exits(**self.model_dump())


class SizingSettings(Section):
    """How large a strategy's positions may be, before any limit."""

    target_volatility: Exact | None = Field(
        default=None, gt=0, le=5, description="a fraction a year above 0, such as 0.15"
    )
    volatility_sessions: int = Field(default=20, ge=2, le=250, description=_SESSIONS)
    risk_per_position: Fraction | None = Field(
        default=None, description="a fraction of the book above 0 and below 1, such as 0.02"
    )
    atr_sessions: int = Field(default=14, ge=2, le=250, description=_SESSIONS)
    atr_multiple: Exact = Field(
        default=Decimal(2), gt=0, le=100, description="a number above 0, such as 2"
    )
    max_adv_share: Exact | None = Field(
        default=None, gt=0, le=1, description="a fraction of the daily volume, such as 0.05"
    )
    max_impact: Fraction | None = Field(
        default=None, description="a fraction of the price above 0 and below 1, such as 0.002"
    )
    adv_sessions: int = Field(default=20, ge=2, le=250, description=_SESSIONS)

    def sizing(self) -> Sizing:
        """Return the rules."""
        return Sizing(**self.model_dump())


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
    exits: ExitSettings = Field(default_factory=ExitSettings)
    sizing: SizingSettings = Field(default_factory=SizingSettings)
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


_SECONDS = "whole seconds from 1 to 600"
_LONG = "whole seconds from 1 to 3600"
_ALGORITHM = "one of " + ", ".join(Algorithm)


class Execution(Section):
    """How targets become orders, and how patiently they are worked."""

    algorithm: Algorithm = Field(
        default=Algorithm.MARKETABLE_LIMIT, strict=False, description=_ALGORITHM
    )
    large_algorithm: Algorithm = Field(default=Algorithm.TWAP, strict=False, description=_ALGORITHM)
    large_impact: Exact = Field(
        default=Decimal("0.001"),
        gt=0,
        lt=1,
        description="a fraction of the price above 0 and below 1, such as 0.001",
    )
    cash_buffer: Exact = Field(
        default=Decimal("0.01"),
        ge=0,
        le=Decimal("0.5"),
        description="a fraction from 0 to 0.5, such as 0.01",
    )
    allocation: Allocation = Field(
        default=Allocation.DRIFT, strict=False, description="one of " + ", ".join(Allocation)
    )
    minimum_transfer: Exact = Field(
        default=Decimal(20), ge=1, le=1_000_000, description="dollars, at least 1, such as 20"
    )
    drift_band: Band = Field(
        default=Decimal("0.01"), description='a fraction from 0 to 0.5, such as 0.01, or "cost"'
    )
    drift_band_max: Exact = Field(
        default=Decimal("0.05"),
        gt=0,
        le=Decimal("0.5"),
        description="a fraction above 0 and at most 0.5, such as 0.05",
    )
    risk_aversion: Exact = Field(
        default=Decimal(3), gt=0, le=100, description="a number above 0, such as 3"
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
    on_failure: OnFailure = Field(
        default=OnFailure.GO_ON, strict=False, description="one of " + ", ".join(OnFailure)
    )
    poll_seconds: int = Field(default=1, ge=1, le=600, description=_SECONDS)
    work_seconds_max: int = Field(
        default=1800, ge=10, le=23_400, description="whole seconds from 10 to 23400"
    )
    order_seconds_max: int = Field(default=60, ge=1, le=600, description=_SECONDS)
    step_seconds_min: int = Field(default=2, ge=1, le=600, description=_SECONDS)
    step_seconds_max: int = Field(default=30, ge=1, le=600, description=_SECONDS)
    walk: tuple[Annotated[Exact, Field(ge=0, le=1)], ...] = Field(
        default=(Decimal("0.5"), Decimal("0.75"), ONE),
        strict=False,  # a file has lists, no tuples
        min_length=1,
        max_length=CHILDREN_MAX - 1,
        description="up to 7 fractions of the spread from 0 to 1, such as [0.5, 0.75, 1]",
    )
    walk_seconds_max: int = Field(default=300, ge=1, le=3600, description=_LONG)
    slices: int = Field(
        default=6, ge=1, le=CHILDREN_MAX, description=f"a whole number from 1 to {CHILDREN_MAX}"
    )
    slice_notional_min: Exact = Field(
        default=Decimal(100), ge=1, le=1_000_000, description="dollars, at least 1, such as 100"
    )
    participation_rate: Exact = Field(
        default=Decimal("0.1"), gt=0, le=1, description="a fraction of the volume, such as 0.1"
    )
    cross_seconds: int = Field(default=120, ge=1, le=3600, description=_LONG)
    close_cutoff_seconds: int = Field(default=600, ge=1, le=3600, description=_LONG)
    close_margin_seconds: int = Field(default=30, ge=1, le=600, description=_SECONDS)
    close_report_seconds: int = Field(default=300, ge=1, le=3600, description=_LONG)
    absences_min: int = Field(default=3, ge=1, le=20, description="a whole number from 1 to 20")
    sends_max: int = Field(default=30, ge=1, le=100, description="a whole number from 1 to 100")
    acknowledge_seconds_max: int = Field(default=10, ge=1, le=600, description=_SECONDS)
    acceptance_seconds_max: int = Field(default=60, ge=1, le=600, description=_SECONDS)
    give_up_seconds: int = Field(default=90, ge=1, le=600, description=_SECONDS)

    @model_validator(mode="after")
    def _waits_are_in_order(self) -> Self:
        waits = (
            ("poll_seconds", "order_seconds_max"),
            ("step_seconds_min", "step_seconds_max"),
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

    def allocating(self) -> AllocationSettings:
        """Return what capital books have, and how weights become shares."""
        usual = AllocationSettings(
            cash_buffer=self.cash_buffer,
            allocation=self.allocation,
            minimum_transfer=self.minimum_transfer,
        )
        if self.drift_band != "cost":
            return replace(usual, drift_band=self.drift_band)
        bands = CostBands(risk_aversion=self.risk_aversion, widest=self.drift_band_max)
        return replace(usual, cost_bands=bands)

    def planning(self) -> PlanSettings:
        """Return how intents become orders."""
        return PlanSettings(
            minimum_trade=self.minimum_trade,
            limit_offset=self.limit_offset,
            algorithms=AlgorithmChoice(
                usual=self.algorithm,
                large=self.large_algorithm,
                large_impact=self.large_impact,
                auction=self.auction(),
            ),
            on_failure=self.on_failure,
        )

    def patience(self, ration: int | None = None) -> ExecutionSettings:
        """Return how patiently orders are worked, with `ration` requests a minute or any number.

        A twentieth of a ration is sent in four seconds, well before it counts as unanswered.
        """
        slowest = 1 if ration is None else min(ceil(_POLLED / ration), _POLL_SECONDS_MAX)
        return ExecutionSettings(
            poll_seconds=max(self.poll_seconds, slowest),
            at_once=None if ration is None else max(ration // 20, 2),
            absences_min=self.absences_min,
            sends_max=self.sends_max,
            acceptance_seconds_max=self.acceptance_seconds_max,
            give_up_seconds=self.give_up_seconds,
            acknowledge_seconds_max=self.acknowledge_seconds_max,
            algorithms=AlgorithmSettings(
                work_seconds_max=self.work_seconds_max,
                order_seconds_max=self.order_seconds_max,
                step_seconds_min=self.step_seconds_min,
                step_seconds_max=self.step_seconds_max,
                walk=self.walk,
                walk_seconds_max=self.walk_seconds_max,
                slices=self.slices,
                slice_notional_min=self.slice_notional_min,
                participation_rate=self.participation_rate,
                cross_seconds=self.cross_seconds,
                auction=self.auction(),
            ),
        )

    def auction(self) -> AuctionTimes:
        """Return when orders enter the closing auction."""
        return AuctionTimes(
            cutoff_seconds=self.close_cutoff_seconds,
            margin_seconds=self.close_margin_seconds,
            report_seconds=self.close_report_seconds,
        )
