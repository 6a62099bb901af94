"""The tables of `alchemiser.toml` that say where things are and what the market is: every key."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.rules.regime import Benchmarks
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.settings import VenueSettings
from alchemiser.settings.addresses import (
    DATA,
    DATA_STREAM,
    TRADING,
    DataStreamUrl,
    DataUrl,
    TradingStreamUrl,
    TradingUrl,
    stream_of,
)
from alchemiser.settings.fields import (
    SEED_MAX,
    Exact,
    FileUrl,
    Name,
    Place,
    Section,
    Seed,
    available,
)
from alchemiser.settings.risk import DOLLARS_MAX, Ticker
from alchemiser.settings.secondary import Secondary, check_keys
from alchemiser.settings.venue import Venue

MINUTES_MAX: Final = 180
_BEFORE_CLOSE: Final = (re.compile(r"close-(\d{1,4})m", re.ASCII), 2, "close-15m")
_MOMENTS: Final = {
    "near_close": _BEFORE_CLOSE,
    "next_close": _BEFORE_CLOSE,
    "next_open": (re.compile(r"open\+(\d{1,4})m", re.ASCII), 1, "open+1m"),
}
_SEED: Final = f"a whole number from 0 to {SEED_MAX}"
RATE: Final = 180
"""Requests a minute; the broker's own count, which other programs share, goes to 200."""
_RATE: Final = "a whole number from 10 to 10000: what the broker's plan allows in a minute"
Rate = Annotated[int, Field(ge=10, le=10_000)]


class Account(Section):
    """Whose money moves."""

    name: Name = Field(default="main", description="a name of 1 to 64 plain characters in quotes")
    mode: Literal["simulated", "paper", "live"] = Field(
        default="simulated", description='mode = "simulated", "paper" or "live"'
    )
    first_live_order_max: Exact = Field(
        default=Decimal(1000),
        gt=0,
        le=DOLLARS_MAX,
        description="dollars above 0, such as 1000",
    )


class Broker(Section):
    """The venue."""

    adapter: Literal["simulated", "alpaca"] = Field(
        default="simulated", description='adapter = "simulated" or "alpaca"'
    )
    trading_url: TradingUrl | None = Field(default=None, description=f'"{TRADING["paper"]}"')
    stream_url: TradingStreamUrl | None = Field(
        default=None, description=f'"{stream_of(TRADING["paper"])}"'
    )
    requests_per_minute: Rate = Field(default=RATE, description=_RATE)
    url: FileUrl = Field(
        default="broker.db", description="the path of the simulated broker's own file"
    )
    cash: Exact = Field(
        default=Decimal(100_000),
        ge=1,
        le=1_000_000_000,
        description="the first cash in dollars, from 1 to 1000000000, such as 100000",
    )
    account_type: Literal["margin", "cash"] = Field(
        default="margin", description='account_type = "margin" or "cash"'
    )
    seed: Seed = Field(default=7, description=_SEED)
    venue: Venue = Field(default_factory=Venue)

    @model_validator(mode="after")
    def _addresses_go_with_alpaca(self) -> Self:
        if self.adapter != "alpaca" and (self.trading_url or self.stream_url):
            msg = 'trading_url and stream_url go with adapter = "alpaca": write it, or remove them'
            raise ValueError(msg)
        return self

    def ration(self) -> int | None:
        """Return how many requests a minute there may be, or None for any number."""
        return None if self.adapter == "simulated" else self.requests_per_minute

    def venue_settings(self) -> VenueSettings:
        """Return what trading costs at the simulated venue, and how long it takes."""
        return self.venue.venue(AccountKind(self.account_type))


class Data(Section):
    """Where bars and quotes come from."""

    adapter: Literal["synthetic", "files", "alpaca"] = Field(
        default="synthetic", description='adapter = "synthetic", "files" or "alpaca"'
    )
    path: Place | None = Field(default=None, description="the path of a folder or file with bars")
    seed: Seed = Field(default=7, description=_SEED)
    url: DataUrl = Field(default=DATA, description=f'"{DATA}"')
    stream_url: DataStreamUrl | None = Field(default=None, description=f'"{DATA_STREAM}/iex"')
    feed: Literal["iex", "sip"] = Field(default="iex", description='feed = "iex" or "sip"')
    requests_per_minute: Rate = Field(default=RATE, description=_RATE)
    silence_seconds_max: int | None = Field(
        default=None, ge=60, le=86_400, description="whole seconds from 60 to 86400, such as 1800"
    )
    secondary: Secondary | None = Field(default=None, description="a table [data.secondary]")

    @model_validator(mode="after")
    def _keys_go_with_their_adapter(self) -> Self:
        written = self.model_fields_set & {"url", "stream_url", "feed", "silence_seconds_max"}
        check_keys(self.adapter, self.path, "url, stream_url and feed go" if written else "")
        second = None if self.adapter != "alpaca" else self.secondary
        if second is not None and (second.adapter, second.feed) == ("alpaca", self.feed):
            msg = f'secondary is the same source: write another feed than "{self.feed}" there'
            raise ValueError(msg)
        return self

    def silence_max(self) -> timedelta | None:
        """Return how long a symbol may be without a trade, or None for what suits the feed."""
        told = self.silence_seconds_max
        return None if told is None else timedelta(seconds=told)

    def stream(self) -> str | None:
        """Return where quotes and halts are told as they happen, or None where that is not said."""
        if self.stream_url is None and self.url == DATA:
            return f"{DATA_STREAM}/{self.feed}"
        return self.stream_url


class Journal(Section):
    """Where the record is kept."""

    adapter: Literal["sqlite", "postgres", "dynamodb"] = Field(
        default="sqlite", description='adapter = "sqlite"'
    )
    url: FileUrl = Field(default="journal.db", description='a path, such as "journal.db"')
    control_path: Place | None = Field(default=None, description='a folder, such as "control"')

    @field_validator("adapter")
    @classmethod
    def _available(cls, adapter: str) -> str:
        return available(adapter, "adapter", "sqlite")


class Schedule(Section):
    """When a session is decided and traded."""

    timing: Literal["near_close", "next_open", "next_close"] = Field(
        default="near_close",
        description='timing = "near_close", "next_open" or "next_close"',
    )
    at: str | None = Field(default=None, description='at = "close-15m"')
    outside_hours: bool = Field(default=False, description="outside_hours = true or false")

    @model_validator(mode="after")
    def _moment_goes_with_timing(self) -> Self:
        self.distance()
        return self

    def distance(self) -> timedelta:
        """Return the time before the close or after the open.

        Raises:
            ValueError: When `at` is no moment of `timing`.
        """
        pattern, least, usual = _MOMENTS[self.timing]
        found = pattern.fullmatch(usual if self.at is None else self.at)
        if found is None or not least <= int(found[1]) <= MINUTES_MAX:
            msg = (
                f'at = "{self.at}" is not a moment of timing = "{self.timing}": write '
                f'at = "{usual}", or another {least} to {MINUTES_MAX} minutes'
            )
            raise ValueError(msg)
        return timedelta(minutes=int(found[1]))


class Notifications(Section):
    """How the owner is told."""

    log: Place = Field(default="alchemiser.log", description='a path, such as "alchemiser.log"')


class Secrets(Section):
    """Where the broker's key comes from: one place, and no other when that fails."""

    provider: Literal["env", "file", "aws"] = Field(
        default="env", description='provider = "env", "file" or "aws"'
    )
    path: Place | None = Field(default=None, description='a path, such as "keys.toml"')
    name: Name | None = Field(default=None, description="the name of the secret in AWS")
    region: Name | None = Field(default=None, description="the region of the secret in AWS")
    ttl_seconds: int = Field(
        default=900, ge=60, le=86_400, description="whole seconds from 60 to 86400"
    )
    age_days_max: int = Field(default=90, ge=1, le=3_650, description="whole days from 1 to 3650")

    @model_validator(mode="after")
    def _keys_go_with_their_provider(self) -> Self:
        needed = {"file": {"path"}, "aws": {"name"}}.get(self.provider, set())
        allowed = needed | ({"region"} if self.provider == "aws" else set())
        written = {key for key in ("path", "name", "region") if getattr(self, key) is not None}
        for key in sorted(needed - written):
            msg = f'provider = "{self.provider}" needs a {key}: write {key} = "…"'
            raise ValueError(msg)
        for key in sorted(written - allowed):
            msg = f'{key} does not go with provider = "{self.provider}": remove it'
            raise ValueError(msg)
        return self


class Regime(Section):
    """What stands for the market when decisions are labelled."""

    market: Ticker = Field(default="SPY", description='a symbol, such as "SPY"')
    bonds: Ticker = Field(default="TLT", description='a symbol, such as "TLT"')

    def benchmarks(self) -> Benchmarks:
        """Return the funds that decisions are labelled by."""
        return Benchmarks(market=Symbol(self.market), bonds=Symbol(self.bonds))
