"""Every limit that an owner may write: its range, what a mistake is told, and what it becomes."""

from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.domain.portfolio.exits import Exits
from alchemiser.domain.portfolio.sizing import Sizing
from alchemiser.domain.risk.breakers import Action, BreakerLimits
from alchemiser.domain.risk.limits import OverLimit, RiskLimits
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.instrument import AssetClass, Sector
from alchemiser.settings import Settings
from alchemiser.settings.risk import Breakers, Risk
from alchemiser.settings.trading import ExitSettings, SizingSettings

TINY = "0.000000001"
STRATEGY = '[strategies.one]\nplugin = "p"\nweight = 0.5\n'

SHARES = {  # largest share of equity that may be written; the least is the smallest number
    "max_underlying": 4,
    "max_gross_exposure": 4,
    "max_net_exposure": 4,
    "max_leverage": 4,
    "max_margin_use": 1,
    "max_order_equity": 1,
    "max_symbol_turnover": 100,
    "max_turnover": 100,
    "max_daily_loss": 1,
    "max_drawdown": 1,
}
RISK = {name: (TINY, str(most), "a fraction of equity") for name, most in SHARES.items()} | {
    "max_adv_share": (TINY, "1", "a fraction of the daily volume"),
    "max_spread": (TINY, "0.2", "a fraction of the price"),
    "correlation_threshold": (TINY, "1", "a number above 0 and at most 1"),
    "var_confidence": ("0.9", "0.999", "a number from 0.9 to 0.999"),
    "max_order_quantity": (TINY, "1000000000", "shares above 0"),
    "max_order_notional": (TINY, "1000000000", "dollars above 0"),
    "correlation_sessions": ("20", "250", "a whole number from 20 to 250"),
    "var_sessions": ("60", "1000", "a whole number from 60 to 1000"),
    "adv_sessions": ("5", "250", "a whole number from 5 to 250"),
    "reversal_sessions": ("1", "60", "a whole number from 1 to 60"),
    "quote_age_seconds_max": ("1", "3600", "whole seconds from 1 to 3600"),
    "max_orders_per_day": ("1", "10000", "a whole number from 1 to 10000"),
    "max_orders_per_minute": ("1", "10000", "a whole number from 1 to 10000"),
    "max_orders_per_symbol": ("1", "10000", "a whole number from 1 to 10000"),
    "max_repeats": ("1", "10000", "a whole number from 1 to 10000"),
    "max_reversals": ("1", "10000", "a whole number from 1 to 10000"),
}
BREAKERS = {
    "max_trend_loss": (TINY, "1", "a fraction of equity"),
    "strategy_max_daily_loss": (TINY, "1", "a fraction of equity"),
    "strategy_max_drawdown": (TINY, "1", "a fraction of equity"),
    "trend_sessions": ("1", "63", "a whole number from 1 to 63"),
    "max_losing_sessions": ("1", "63", "a whole number from 1 to 63"),
    "strategy_failures_max": ("1", "100", "a whole number from 1 to 100"),
    "cycle_failures_max": ("1", "100", "a whole number from 1 to 100"),
    "refusals_max": ("1", "1000", "a whole number from 1 to 1000"),
    "data_losses_max": ("1", "100", "a whole number from 1 to 100"),
    "clock_skew_seconds_max": ("1", "3600", "whole seconds from 1 to 3600"),
    "cool_off_sessions": ("0", "60", "a whole number from 0 to 60"),
}
BELOW_ONE = "0.999999999"
EXITS = {
    "stop_loss": (TINY, BELOW_ONE, "a fraction of the price above 0 and below 1"),
    "trailing_stop": (TINY, BELOW_ONE, "a fraction of the price above 0 and below 1"),
    "take_profit": (TINY, "100", "a fraction of the price above 0"),
}
SIZING = {
    "target_volatility": (TINY, "5", "a fraction a year above 0"),
    "risk_per_position": (TINY, BELOW_ONE, "a fraction of the book above 0 and below 1"),
    "max_adv_share": (TINY, "1", "a fraction of the daily volume"),
    "max_impact": (TINY, BELOW_ONE, "a fraction of the price above 0 and below 1"),
    "atr_multiple": (TINY, "100", "a number above 0"),
    "volatility_sessions": ("2", "250", "whole sessions from 2 to 250"),
    "atr_sessions": ("2", "250", "whole sessions from 2 to 250"),
    "adv_sessions": ("2", "250", "whole sessions from 2 to 250"),
}
TABLES = {
    "risk": ("", RISK),
    "risk.breakers": ("", BREAKERS),
    "strategies.one.exits": (STRATEGY, EXITS),
    "strategies.one.sizing": (STRATEGY, SIZING),
}
ROWS = [(table, key, *row) for table, (_, keys) in TABLES.items() for key, row in keys.items()]


def load(folder: Path, table: str, *lines: str) -> Settings:
    """Return the settings with `lines` in `table`."""
    before = TABLES[table][0] if table in TABLES else ""
    file = folder / "alchemiser.toml"
    file.write_text("\n".join([before, f"[{table}]", *lines, ""]), encoding="utf-8")
    return Settings.load(file)


def complaint(folder: Path, table: str, *lines: str) -> str:
    """Return what is said of `lines`, proved to be one sentence."""
    with pytest.raises(SettingsError) as caught:
        load(folder, table, *lines)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_ranges_of_this_file_are_those_of_every_key() -> None:
    """RC-16: a new setting needs a row here, or a test of its own below."""
    of_their_own = {
        "over_limit",
        "max_position",
        "max_sector",
        "max_asset_class",
        "max_var",
        "max_expected_shortfall",
        "price_collar",
        "restricted",
        "status",
        "intraday_margin_since",
        "breakers",
    }
    assert RISK.keys() | of_their_own == Risk.model_fields.keys()
    assert BREAKERS.keys() | {"drawdown_action"} == Breakers.model_fields.keys()
    assert EXITS.keys() == ExitSettings.model_fields.keys()
    assert SIZING.keys() == SizingSettings.model_fields.keys()


@pytest.mark.parametrize(("table", "key", "least", "most", "remedy"), ROWS)
def test_ends_of_a_range_may_be_written(
    tmp_path: Path, table: str, key: str, least: str, most: str, remedy: str
) -> None:
    """RC-16."""
    del remedy
    for value in (least, most):
        section: object = load(tmp_path, table, f"{key} = {value}")
        for part in table.split("."):
            section = section[part] if isinstance(section, dict) else getattr(section, part)
        assert getattr(section, key) == Decimal(value)


@pytest.mark.parametrize(("table", "key", "least", "most", "remedy"), ROWS)
@pytest.mark.parametrize("side", ["below", "above", "of another type", "not a number"])
def test_beyond_a_range_the_remedy_is_told(  # noqa: PLR0913, PLR0917 - one argument a column
    tmp_path: Path, table: str, key: str, least: str, most: str, remedy: str, side: str
) -> None:
    """RC-16, K01."""
    step = Decimal(TINY) if "." in least else 1
    value = {
        "below": f"{Decimal(least) - step:f}",
        "above": f"{Decimal(most) + step:f}",
        "of another type": '"0.1"',
        "not a number": "nan",
    }[side]

    told = complaint(tmp_path, table, f"{key} = {value}")

    assert told.startswith(f"alchemiser.toml: [{table}] {key} = ")
    assert f"cannot be used: write {remedy}" in told


@pytest.mark.parametrize(
    ("table", "line", "remedy"),
    [
        ("risk", 'over_limit = "cut"', 'write over_limit = "clip" or "refuse"'),
        ("risk.breakers", 'drawdown_action = "halt"', 'write drawdown_action = "stop_increasing"'),
        ("risk.breakers", 'drawdown_action = "disable"', '"reduce" or "liquidate"'),
        ("risk", 'restricted = ["spy!"]', "is not a ticker symbol: write it in capitals"),
        ("risk", "restricted = 5", 'write symbols, such as ["TSLA", "GME"]'),
        ("risk.max_position", "stock = 1.1", "write a fraction of equity above 0 and at most 1"),
        ("risk.max_position", "stock = 0", "write a fraction of equity above 0 and at most 1"),
        ("risk.max_sector", "technolgy = 0.2", "did you mean technology?"),
        ("risk.max_sector", "technology = 4.1", "write a fraction of equity above 0 and at most 4"),
        ("risk.max_asset_class", "stok = 0.2", "did you mean stock?"),
        ("risk.max_asset_class", "stock = 1.1", "write a fraction of equity above 0 and at most 1"),
        ("risk", "intraday_margin_since = true", "write a day, such as 2026-06-04"),
        ("risk.breakers", "refusal_max = 5", "did you mean refusals_max?"),
        ("schedule", 'outside_hours = "yes"', "write outside_hours = true or false"),
    ],
)
def test_names_and_words_that_are_not_known_are_answered(
    tmp_path: Path, table: str, line: str, remedy: str
) -> None:
    """RC-16, K01."""
    assert remedy in complaint(tmp_path, table, line)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("max_var = 0.2", "max_expected_shortfall = 0.19"), "raise it, or lower the second"),
        (("max_expected_shortfall = 0.05",), "is below max_var"),
        (("max_var = 0.9",), "is below max_var"),
        (("price_collar = 0.004",), "limit_offset = 0.005 is above [risk] price_collar = 0.004"),
    ],
)
def test_limits_that_contradict_one_another_are_refused(
    tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    """RC-16: also when one of the two is not written at all."""
    assert told in complaint(tmp_path, "risk", *lines)


def test_expected_shortfall_may_be_as_large_as_the_value_at_risk(tmp_path: Path) -> None:
    """RC-16."""
    limits = load(tmp_path, "risk", "max_var = 0.2", "max_expected_shortfall = 0.2").risk.limits()

    assert limits.max_var == limits.max_expected_shortfall == Decimal("0.2")


def test_defaults_are_those_of_the_domain(tmp_path: Path) -> None:
    """RC-16: nothing is written twice with two values."""
    settings = load(tmp_path, "risk")

    assert settings.risk.limits() == RiskLimits()
    assert settings.risk.breaker_limits() == BreakerLimits()
    assert ExitSettings().exits() == Exits()
    assert SizingSettings().sizing() == Sizing()


@pytest.mark.parametrize("key", RISK)
def test_what_is_written_is_the_limit_that_holds(tmp_path: Path, key: str) -> None:
    """RC-16: and the breaker's, where losses are judged twice."""
    risk = load(tmp_path, "risk", f"{key} = {RISK[key][1]}").risk

    assert getattr(risk.limits(), key) == Decimal(RISK[key][1])
    if key in {"max_daily_loss", "max_drawdown"}:
        assert getattr(risk.breaker_limits(), key) == Decimal(RISK[key][1])


@pytest.mark.parametrize("key", BREAKERS)
def test_what_is_written_is_the_threshold_that_holds(tmp_path: Path, key: str) -> None:
    """RC-16."""
    written = load(tmp_path, "risk.breakers", f"{key} = {BREAKERS[key][1]}")

    assert getattr(written.risk.breaker_limits(), key) == Decimal(BREAKERS[key][1])


def test_words_and_tables_become_limits(tmp_path: Path) -> None:
    """RC-01, RC-02, RC-08, RC-18."""
    risk = load(
        tmp_path,
        "risk",
        'over_limit = "refuse"',
        'restricted = ["TSLA", "GME"]',
        "max_position = { stock = 0.2, SPY = 0.9 }",
        "max_sector = { technology = 0.1 }",
        "max_asset_class = { stock = 0.3 }",
        'breakers = { drawdown_action = "liquidate" }',
    ).risk
    limits, usual = risk.limits(), RiskLimits()

    assert limits.over_limit is OverLimit.REFUSE
    assert limits.restricted == {"TSLA", "GME"}
    assert limits.max_position_symbol == {"SPY": Decimal("0.9")}
    assert limits.max_position is not None
    assert usual.max_position is not None
    assert limits.max_position == {**usual.max_position, AssetClass.STOCK: Decimal("0.2")}
    assert limits.max_sector is not None
    assert limits.max_sector[Sector.TECHNOLOGY] == Decimal("0.1")
    assert limits.max_asset_class is not None
    assert limits.max_asset_class[AssetClass.STOCK] == Decimal("0.3")
    assert risk.breaker_limits().drawdown_action is Action.LIQUIDATE
