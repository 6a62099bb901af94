"""The whole of `alchemiser.toml` as one typed tree."""

import json
import os
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Self

from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import strategy_id
from alchemiser.settings.addresses import TRADING, stream_of
from alchemiser.settings.agreeing import check_mode, check_pinned
from alchemiser.settings.fields import Section
from alchemiser.settings.reading import read_toml
from alchemiser.settings.risk import Risk
from alchemiser.settings.sections import (
    Account,
    Broker,
    Data,
    Journal,
    Notifications,
    Regime,
    Schedule,
    Secrets,
)
from alchemiser.settings.sentences import validated
from alchemiser.settings.tax import Tax
from alchemiser.settings.trading import Execution, StrategySettings


class Settings(Section):
    """Hold the owner's settings; paths are relative to the file they were read from."""

    account: Account = Field(default_factory=Account)
    broker: Broker = Field(default_factory=Broker)
    data: Data = Field(default_factory=Data)
    journal: Journal = Field(default_factory=Journal)
    schedule: Schedule = Field(default_factory=Schedule)
    strategies: dict[str, StrategySettings] = Field(default_factory=dict)
    regime: Regime = Field(default_factory=Regime)
    risk: Risk = Field(default_factory=Risk)
    execution: Execution = Field(default_factory=Execution)
    tax: Tax = Field(default_factory=Tax)
    notifications: Notifications = Field(default_factory=Notifications)
    secrets: Secrets = Field(default_factory=Secrets)
    _file: Path = PrivateAttr(default=Path("defaults"))

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """Return the settings in the file at `path`.

        Raises:
            SettingsError: When the file cannot be read, or says something it must not.
        """
        return validated(cls, read_toml(path), path)

    def model_post_init(self, context: Path | None) -> None:
        """Remember the file that paths are relative to."""
        self._file = context or self._file

    @field_validator("strategies")
    @classmethod
    def _names(cls, strategies: dict[str, StrategySettings]) -> dict[str, StrategySettings]:
        for name in strategies:
            try:
                strategy_id(name)
            except InvalidValueError as error:
                raise ValueError(str(error)) from error
        return dict(sorted(strategies.items()))

    @model_validator(mode="after")
    def _weights_fit_in_the_account(self) -> Self:
        total = sum((row.weight for row in self.strategies.values()), Decimal(0))
        if total > 1:
            msg = f"the weights of [strategies] sum to {total:f}, more than 1: lower them"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _orders_stay_within_the_collar(self) -> Self:
        offset, collar = self.execution.limit_offset, self.risk.price_collar
        if offset > collar:
            msg = (
                f"[execution] limit_offset = {offset:f} is above [risk] price_collar = {collar:f}, "
                "so that every order would be refused: lower the first or raise the second"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _only_paper_trades_at_any_hour(self) -> Self:
        if self.schedule.outside_hours and self.account.mode != "paper":
            msg = (
                f'[schedule] outside_hours = true is for [account] mode = "paper" alone, not for '
                f'"{self.account.mode}": remove the line'
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _adapters_go_with_the_mode(self) -> Self:
        check_mode(self.account, self.broker, self.data)
        if self.account.mode == "live":
            check_pinned(self.strategies)
        return self

    @model_validator(mode="after")
    def _every_file_has_one_owner(self) -> Self:
        files = [
            ("the configuration", self._file),
            ("[journal] url", self.journal_file()),
            ("the bars beside the journal", self.bars_file()),
            ("the pulled bars beside the journal", self.series_file()),
            ("[broker] url", self.broker_file()),
            ("[notifications] log", self.log_file()),
        ]
        if self.data.path is not None:
            files.append(("[data] path", self.data_path()))
        if self.data.secondary is not None:
            files.append(("the second source's bars beside the journal", self.second_bars_file()))
            if self.data.secondary.path is not None:
                files.append(("[data.secondary] path", self.second_path()))
        if self.secrets.path is not None:
            files.append(("[secrets] path", self.key_file()))
        owners: dict[str, str] = {}
        for name, file in files:
            owner = owners.setdefault(os.path.realpath(file), name)
            if owner != name:
                msg = f"{owner} and {name} name the same file: give each its own"
                raise ValueError(msg)
        return self

    def for_research(
        self, strategies: dict[str, StrategySettings], data: Path | None
    ) -> "Settings":
        """Return these settings with other strategies and, when given, the bars at `data`.

        Whoever trades at a broker backtests at a simulated one.
        """
        bars = self.data if data is None else Data(adapter="files", path=str(data.resolve()))
        simulated: dict[str, object] = {}
        if self.account.mode != "simulated":
            simulated = {"account": Account(name=self.account.name), "broker": Broker()}
        return self.model_copy(update={"strategies": strategies, "data": bars} | simulated)

    def account_name(self) -> str:
        """Return whose money moves."""
        return self.account.name

    def origin(self) -> str:
        """Return the name of the file the settings were read from, or `defaults`."""
        return self._file.name

    def folder(self) -> Path:
        """Return what relative paths are relative to: where the file was read from."""
        return self._file.parent

    def journal_file(self) -> Path:
        """Return where the journal is."""
        return self._file.parent / self.journal.url

    def bars_file(self) -> Path:
        """Return where the bars that decisions rested on are kept: beside the journal."""
        return self.journal_file().with_name("bars.db")

    def series_file(self) -> Path:
        """Return where pulled bars are kept: beside the journal."""
        return self.journal_file().with_name("data.db")

    def control_folder(self) -> Path:
        """Return where the owner's brake is: beside the journal unless written otherwise."""
        if self.journal.control_path is None:
            return self.journal_file().with_name("control")
        return self._file.parent / self.journal.control_path

    def broker_file(self) -> Path:
        """Return where the simulated broker keeps its account."""
        return self._file.parent / self.broker.url

    def trading_url(self) -> str:
        """Return the address of the broker, in paper and live trading."""
        return self.broker.trading_url or TRADING.get(self.account.mode, "")

    def stream_url(self) -> str:
        """Return where the broker tells what happens to orders."""
        return self.broker.stream_url or stream_of(self.trading_url())

    def key_file(self) -> Path:
        """Return where the broker's key is, with `[secrets] provider = "file"`."""
        return self._file.parent / (self.secrets.path or "")

    def data_path(self) -> Path:
        """Return where the bars are."""
        return self._file.parent / (self.data.path or "")

    def second_path(self) -> Path:
        """Return where the bars of the second source are."""
        secondary = self.data.secondary
        return self._file.parent / (secondary.path if secondary and secondary.path else "")

    def second_bars_file(self) -> Path:
        """Return where the second source's bars that decisions rested on are kept."""
        return self.journal_file().with_name("bars-secondary.db")

    def log_file(self) -> Path:
        """Return where alerts are written."""
        return self._file.parent / self.notifications.log

    def content_hash(self) -> str:
        """Return the SHA-256 of all effective values, defaults included.

        Absolute folders are left out: the same settings in another place are the same.
        """
        text = json.dumps(_canonical(self.model_dump()), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


def template(*, seed: int) -> str:
    """Return a commented configuration that runs the bundled strategies on a synthetic market.

    Args:
        seed: Determines the market and the venue's chance.
    """
    text = files(__package__).joinpath("template.toml").read_text(encoding="utf-8")
    return Template(text).substitute(seed=seed)


class _RiskOnly(Section):
    """Look at nothing but the limits of a configuration; without a table the defaults hold."""

    model_config = ConfigDict(extra="ignore")
    risk: Risk = Field(default_factory=Risk)


def load_risk(path: Path) -> Risk:
    """Return the table `[risk]` of the file at `path`; its other tables are not looked at.

    Raises:
        SettingsError: When the file cannot be read, or the table says something it must not.
    """
    return validated(_RiskOnly, read_toml(path), path).risk


def _canonical(value: object) -> object:
    match value:
        case dict():
            return {key: _canonical(part) for key, part in value.items()}
        case list():
            return [_canonical(part) for part in value]
        case Decimal():
            return f"{value.normalize():f}"
        case str() if Path(value).is_absolute():
            return Path(value).name
        case bool() | int() | str() | None:
            return value
        case _:
            return str(value)
