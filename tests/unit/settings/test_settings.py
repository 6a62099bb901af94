"""What the owner may write, and what a mistake is answered with."""

import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alchemiser.domain.orders.closing import AuctionTimes
from alchemiser.domain.orders.plan import OnFailure
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings
from alchemiser.domain.portfolio.bands import CostBands
from alchemiser.domain.risk.limits import DEFAULT_MAX_POSITION
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.settings import Settings, load_risk, template

PLUGIN = '[strategies.one]\nplugin = "p"\n'


def _load(folder: Path, text: str) -> Settings:
    file = folder / "alchemiser.toml"
    file.write_text(text, encoding="utf-8")
    return Settings.load(file)


def _complaint(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _load(folder, text)
    return str(caught.value)


def test_an_empty_file_is_a_simulated_account_with_the_documented_defaults(tmp_path: Path) -> None:
    settings = _load(tmp_path, "")

    assert settings.account.mode == "simulated"
    assert settings.broker.cash == 100_000
    assert settings.execution.cash_buffer == Decimal("0.01")
    assert settings.schedule.distance() == timedelta(minutes=15)
    assert settings.risk.limits().max_position == DEFAULT_MAX_POSITION


def test_bands_are_fixed_unless_costs_are_to_set_them(tmp_path: Path) -> None:
    fixed = _load(tmp_path, "[execution]\ndrift_band = 0.02\n").execution.allocating()
    by_cost = _load(
        tmp_path, '[execution]\ndrift_band = "cost"\nrisk_aversion = 5\ndrift_band_max = 0.1\n'
    ).execution.allocating()

    assert (fixed.drift_band, fixed.cost_bands) == (Decimal("0.02"), None)
    assert by_cost.drift_band == Decimal("0.01")
    assert by_cost.cost_bands == CostBands(risk_aversion=Decimal(5), widest=Decimal("0.1"))


def test_books_drift_unless_a_constant_mix_is_written(tmp_path: Path) -> None:
    text = '[execution]\nallocation = "constant_mix"\nminimum_transfer = 50\n'

    mixed = _load(tmp_path, text).execution.allocating()

    assert _load(tmp_path, "").execution.allocating() == AllocationSettings()
    assert (mixed.allocation, mixed.minimum_transfer) == (Allocation.CONSTANT_MIX, Decimal(50))


def test_numbers_are_exactly_what_was_written(tmp_path: Path) -> None:
    """K02: no detour through binary fractions."""
    settings = _load(tmp_path, f"{PLUGIN}weight = 0.1\n[broker]\ncash = 12345.67\n")

    assert settings.strategies["one"].weight == Decimal("0.1")
    assert settings.broker.cash == Decimal("12345.67")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        '[data]\nadapter = "files"\npath = "../bars"\n[journal]\nurl = "sqlite:///sub/j.db"\n'
        '[broker]\nurl = "/far/b.db"\n',
    )

    assert settings.data_path() == tmp_path / "../bars"
    assert settings.journal_file() == tmp_path / "sub" / "j.db"
    assert settings.bars_file() == tmp_path / "sub" / "bars.db"
    assert settings.control_folder() == tmp_path / "sub" / "control"
    assert settings.broker_file() == Path("/far/b.db")
    assert settings.log_file() == tmp_path / "alchemiser.log"


def test_a_control_path_is_relative_to_the_file_too(tmp_path: Path) -> None:
    settings = _load(tmp_path, '[journal]\nurl = "sub/j.db"\ncontrol_path = "brake"\n')

    assert settings.control_folder() == tmp_path / "brake"


def test_planning_and_working_share_the_times_of_the_auction(tmp_path: Path) -> None:
    """EX-05: the brokers' cutoff is configuration, and one for both."""
    usual = _load(tmp_path, "").execution
    execution = _load(
        tmp_path,
        "[execution]\nalgorithm = 'limit_on_close'\nclose_cutoff_seconds = 900\n"
        "close_margin_seconds = 5\nclose_report_seconds = 60\n",
    ).execution

    assert usual.auction() == AuctionTimes()
    assert execution.planning().algorithms.usual is Algorithm.LIMIT_ON_CLOSE
    assert (
        execution.planning().algorithms.auction
        == execution.patience().algorithms.auction
        == AuctionTimes(cutoff_seconds=900, margin_seconds=5, report_seconds=60)
    )


def test_limits_are_the_defaults_with_what_is_written_over_them(tmp_path: Path) -> None:
    limits = _load(
        tmp_path, '[risk.max_position]\nstock = 0.2\n"BRK.B" = 0.33\nSPY = 0.9\n'
    ).risk.limits()

    assert limits.max_position is not None
    assert limits.max_position[AssetClass.STOCK] == Decimal("0.2")
    assert limits.max_position[AssetClass.LEVERAGED_FUND] == Decimal("0.10")
    assert limits.max_position_symbol == {"BRK.B": Decimal("0.33"), "SPY": Decimal("0.9")}


def test_hash_covers_the_effective_values_and_no_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    base = _load(here, '[journal]\nurl = "/a/x.db"\n').content_hash()

    assert _load(there, '[journal]\nurl = "/b/x.db"\n[risk]\n').content_hash() == base
    assert _load(here, '[journal]\nurl = "/a/y.db"\n').content_hash() != base
    assert _load(here, "[broker]\ncash = 100000.00\n").content_hash() == (
        _load(there, "").content_hash()
    )
    assert _load(here, "[broker]\ncash = 100000.01\n").content_hash() != (
        _load(there, "").content_hash()
    )


def test_hash_covers_parameters_of_every_type(tmp_path: Path) -> None:
    params = "params = { a = 0.5, b = [1, true], c = 2024-08-05, d = { e = 'x' } }\n"
    one = _load(tmp_path, f"{PLUGIN}weight = 1\n{params}").content_hash()

    assert one != _load(tmp_path, f"{PLUGIN}weight = 1\n").content_hash()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[risk]\nmax_positon = 1\n", "[risk] max_positon is not a setting: did you mean max_pos"),
        ("[rsik]\n", "[rsik] is not a section: did you mean risk?"),
        ("[zzz]\n", "[zzz] is not a section: write one of account, broker, data,"),
        ("mode = 'live'\n", "[mode] is not a section"),
        (
            f"{PLUGIN}weigth = 0.5\n",
            "[strategies.one] weigth is not a setting: did you mean weight",
        ),
        (
            "[risk.max_position]\nstok = 0.1\n",
            "max_position.stok names neither a class nor a symbol",
        ),
        ("[risk.max_position]\nspy = 0.1\n", "max_position.spy names neither a class nor a symbol"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    tmp_path: Path, text: str, expected: str
) -> None:
    """K01, RC-16."""
    assert expected in _complaint(tmp_path, text)


def test_a_walk_is_written_as_a_list(tmp_path: Path) -> None:
    """EX-05."""
    settings = _load(tmp_path, "[execution]\nwalk = [0.25, 1]\n")

    assert settings.execution.patience().algorithms.walk == (Decimal("0.25"), Decimal(1))


@pytest.mark.parametrize("policy", OnFailure)
def test_what_becomes_of_a_plan_that_fails_is_written(tmp_path: Path, policy: OnFailure) -> None:
    """OS-17."""
    settings = _load(tmp_path, f"[execution]\non_failure = '{policy}'\n")

    assert settings.execution.planning().on_failure is policy
    assert Settings().execution.planning().on_failure is OnFailure.GO_ON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[risk]\nmax_gross_exposure = 10\n",
            "max_gross_exposure = 10 cannot be used: write a frac",
        ),
        ("[risk]\nmax_gross_exposure = 0\n", "max_gross_exposure = 0 cannot be used"),
        (
            "[risk]\nmax_orders_per_day = 1.5\n",
            "max_orders_per_day = 1.5 cannot be used: write a wh",
        ),
        ("[risk]\nmax_order_notional = -1\n", "max_order_notional = -1 cannot be used: write doll"),
        ("[risk.max_position]\nSPY = 2\n", "max_position.SPY = 2 cannot be used: write a fraction"),
        ("[broker]\ncash = '100'\n", 'cash = "100" cannot be used: write the first cash'),
        ("[broker]\ncash = nan\n", "cash = NaN cannot be used"),
        ("[broker]\ncash = true\n", "cash = true cannot be used"),
        (
            "[broker]\ncash = 0\n",
            "cash = 0 cannot be used: write the first cash in dollars, from 1",
        ),
        ("[execution]\ncash_buffer = 1e-999999\n", "cash_buffer = 1E-999999 cannot be used"),
        (
            "[broker]\naccount_type = 'credit'\n",
            'account_type = "credit" cannot be used: write account_type = "margin" or "cash"',
        ),
        ("[account]\nname = 5\n", "name = 5 cannot be used: write a name of 1 to 64"),
        ("[account]\nname = ''\n", 'name = "" cannot be used'),
        (f"[account]\nname = '{'x' * 90}'\n", f'name = "{"x" * 59}… cannot be used'),
        ("[journal]\nurl = [1]\n", "url = a list cannot be used: write a path"),
        ("[journal]\nurl = { a = 1 }\n", "url = a table cannot be used"),
        ("[journal]\nurl = '.'\n", 'url = "." names no file: write a path, such as "main.db"'),
        ("[journal]\nurl = 'kept/..'\n", 'url = "kept/.." names no file'),
        ("[broker]\nurl = '/'\n", 'url = "/" names no file'),
        ("[broker]\nseed = 2024-01-01\n", "seed = 2024-01-01 cannot be used: write a whole"),
        ("[schedule]\nat = 15:45:00\n", 'at = 15:45:00 cannot be used: write at = "close-15m"'),
        (
            f"[strategies.{'a' * 90}]\nplugin = 'x'\nweight = 1\n",
            f"'{'a' * 60}' is not a strategy name",
        ),
        ('[journal]\nurl = "a\\u0000b"\n', r'url = "a\u0000b" cannot be used'),
        (f"{PLUGIN}weight = 0\n", "[strategies.one] weight = 0 cannot be used: write a fraction"),
        (f"{PLUGIN}weight = 1\nhash = 'abc'\n", 'hash = "abc" cannot be used: write the 64'),
        ("[execution]\nalgorithm = 'market'\n", "write one of marketable_limit, walk_the_book"),
        (
            "[execution]\ndrift_band = 'costs'\n",
            'drift_band = "costs" cannot be used: write a fraction from 0 to 0.5, such as 0.01, or',
        ),
        ("[execution]\ndrift_band = 0.6\n", "drift_band = 0.6 cannot be used: write a fraction"),
        ("[execution]\ndrift_band = nan\n", "drift_band = NaN cannot be used: write a fraction"),
        ("[execution]\ndrift_band = 1e-10\n", "drift_band = 1E-10 cannot be used"),
        ("[execution]\nallocation = 'mix'\n", "write one of drift, constant_mix"),
        ("[execution]\nminimum_transfer = 0\n", "write dollars, at least 1, such as 20"),
        ("[execution]\nrisk_aversion = 0\n", "write a number above 0, such as 3"),
        ("[execution]\nwalk = [0.5, 1.5]\n", "up to 7 fractions of the spread from 0 to 1"),
        (
            "[execution]\non_failure = 'compensate'\n",
            'on_failure = "compensate" cannot be used: write one of go_on, stop_increasing',
        ),
        ("[execution]\nclose_cutoff_seconds = 0\n", "write whole seconds from 1 to 3600"),
        ("[execution]\nslices = 9\n", "write a whole number from 1 to 8"),
        (
            "[broker.venue]\nslippage = 0.2\n",
            "[broker.venue] slippage = 0.2 cannot be used: write a fraction of the price from 0 to",
        ),
        (
            "[broker.venue]\ndelay_min = 0\n",
            "delay_min = 0 cannot be used: write seconds from 0.001",
        ),
        (
            "[broker.venue]\ndelay_min = 9\n",
            "delay_min = 9 is above delay_max = 3: lower the first or raise the second",
        ),
        (
            "[broker.venue.half_spread]\nbroad = 0.1\n",
            "half_spread] broad is not a setting: did you mean broad_fund?",
        ),
        (
            "[execution]\nstep_seconds_min = 30\n",
            "step_seconds_min = 30 is not below step_seconds_max = 30",
        ),
    ],
)
def test_a_wrong_value_is_answered_with_what_would_do(
    tmp_path: Path, text: str, expected: str
) -> None:
    """K02, SX-06."""
    assert expected in _complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("account = 'x'\n", "[account] has to be a table: write its settings below the line"),
        ("strategies = 3\n", "strategies = 3 cannot be used: write a table"),
        ("[strategies]\none = 0.5\n", "[strategies.one] has to be a table"),
        (PLUGIN, "[strategies.one] weight is missing: write a fraction of equity"),
        ("[strategies.one]\nweight = 1\n", "[strategies.one] plugin is missing: write its distrib"),
        ("[strategies.One]\nplugin = 'p'\nweight = 1\n", "'One' is not a strategy name"),
        ("[strategies.house]\nplugin = 'p'\nweight = 1\n", "not the reserved name 'house'"),
    ],
)
def test_a_wrong_shape_is_answered_with_the_right_one(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert expected in _complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[journal]\nadapter = 'postgres'\n", 'adapter = "postgres" comes with a later version'),
    ],
)
def test_what_comes_later_says_so(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in _complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[data]\nadapter = 'files'\n", 'adapter = "files" needs a path'),
        ("[data]\npath = 'x'\n", 'path needs adapter = "files"'),
        ("[journal]\nurl = 'postgres://x/y'\n", "names no file: write a path"),
        ("[journal]\nurl = 'broker.db'\n", "[journal] url and [broker] url name the same file"),
        ("[journal]\nurl = './x/../broker.db'\n", "name the same file: give each its own"),
        ("[broker]\nurl = 'bars.db'\n", "the bars beside the journal and [broker] url name"),
        ("[notifications]\nlog = 'journal.db'\n", "[journal] url and [notifications] log name"),
        ("[journal]\nurl = 'alchemiser.toml'\n", "the configuration and [journal] url name"),
        (
            "[data]\nadapter = 'files'\npath = 'x.csv'\n[notifications]\nlog = 'x.csv'\n",
            "[notifications] log and [data] path name the same file: give each its own",
        ),
        ("[schedule]\nat = 'open+5m'\n", 'is not a moment of timing = "near_close"'),
        ("[schedule]\nat = 'close-1m'\n", "2 to 180 minutes"),
        (
            "[schedule]\ntiming = 'next_close'\nat = 'open+1m'\n",
            'is not a moment of timing = "next_close": write at = "close-15m"',
        ),
        ("[schedule]\ntiming = 'close'\n", '"near_close", "next_open" or "next_close"'),
        ("[schedule]\nat = 'close-181m'\n", "2 to 180 minutes"),
        ("[schedule]\nat = ''\n", 'at = "" is not a moment'),
        (
            "[execution]\npoll_seconds = 60\n",
            "poll_seconds = 60 is not below order_seconds_max = 60",
        ),
        ("[execution]\ngive_up_seconds = 60\n", "acceptance_seconds_max = 60 is not below give_up"),
        (
            "[risk]\nprice_collar = 0.004\n",
            "limit_offset = 0.005 is above [risk] price_collar = 0.004",
        ),
        (
            f"{PLUGIN}weight = 0.6\n{PLUGIN.replace('one', 'two')}weight = 0.400000001\n",
            "sum to 1.000000001, more than 1: lower them",
        ),
    ],
)
def test_settings_that_contradict_one_another_are_refused(
    tmp_path: Path, text: str, expected: str
) -> None:
    """RC-16: mutual consistency."""
    assert expected in _complaint(tmp_path, text)


def test_weights_may_sum_to_exactly_one(tmp_path: Path) -> None:
    two = PLUGIN.replace("one", "two")
    settings = _load(tmp_path, f"{two}weight = 0.4\n{PLUGIN}weight = 0.6\n")

    assert list(settings.strategies) == ["one", "two"]


def test_next_open_has_a_moment_of_its_own(tmp_path: Path) -> None:
    usual = _load(tmp_path, "[schedule]\ntiming = 'next_open'\n")
    written = _load(tmp_path, "[schedule]\ntiming = 'next_open'\nat = 'open+30m'\n")

    assert usual.schedule.distance() == timedelta(minutes=1)
    assert written.schedule.distance() == timedelta(minutes=30)


def test_next_close_has_the_moments_of_near_close(tmp_path: Path) -> None:
    usual = _load(tmp_path, "[schedule]\ntiming = 'next_close'\n")
    written = _load(tmp_path, "[schedule]\ntiming = 'next_close'\nat = 'close-2m'\n")

    assert usual.schedule.distance() == timedelta(minutes=15)
    assert written.schedule.distance() == timedelta(minutes=2)


def test_too_many_decimals_are_told_apart_from_too_large_a_number(tmp_path: Path) -> None:
    complaint = _complaint(tmp_path, f"{PLUGIN}weight = 0.3333333333\n")

    assert complaint.endswith("weight = 0.3333333333 cannot be used: write at most 9 decimals.")


def test_a_key_without_end_is_cut_short(tmp_path: Path) -> None:
    assert len(_complaint(tmp_path, f"[risk]\n{'k' * 5000} = 1\n")) < 300


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors begin every file with one."""
    assert _load(tmp_path, "\ufeff[account]\nname = 'x'\n").account_name() == "x"


def test_several_mistakes_are_one_sentence(tmp_path: Path) -> None:
    complaint = _complaint(tmp_path, f"{PLUGIN}weigth = 0.5\n")

    assert complaint.endswith("did you mean weight? (1 more to mend after that).")
    assert "\n" not in complaint


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[account\n", "is not valid TOML"),
        (b"[a]\nx = 1\nx = 2\n", "is not valid TOML"),
        (b"x = '\xff'\n", "is not UTF-8 text"),
        (b"[broker]\ncash = 1e99999999999999999999\n", "holds a number too long"),
        (b"x = " + b"9" * 5_000 + b"\n", "holds a number too long"),
        (b"#" * 1_000_001, "is larger than 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_sentence(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    """K03, K07."""
    file = tmp_path / "alchemiser.toml"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=expected):
        Settings.load(file)


def test_a_file_that_is_not_there_or_a_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="write one with `alchemiser init`"):
        Settings.load(tmp_path / "gone.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load(tmp_path)


def test_risk_alone_is_read_from_any_configuration(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text("[risk]\nmax_gross_exposure = 1.5\n[whatever]\nx = 1\n")

    assert load_risk(file).limits().max_gross_exposure == Decimal("1.5")
    file.write_text("[whatever]\n")
    assert load_risk(file).limits().max_gross_exposure == 1
    file.write_text("[risk]\nmax_gros_exposure = 1.5\n")
    with pytest.raises(SettingsError, match="did you mean max_gross_exposure"):
        load_risk(file)


def test_the_template_is_a_valid_configuration_that_raises_limits_in_plain_sight(
    tmp_path: Path,
) -> None:
    text = template(seed=41)
    settings = _load(tmp_path, text)

    assert {name: row.weight for name, row in settings.strategies.items()} == {
        "nuclear": Decimal("0.5"),
        "sixty-forty": Decimal("0.5"),
    }
    assert settings.data.seed == settings.broker.seed == 41
    assert "[risk.max_position]" in text
    assert set(tomllib.loads(text)) == set(Settings.model_fields) - {"secrets"}
    assert max(len(line) for line in text.splitlines()) <= 100


def test_research_settings_take_other_strategies_and_bars(tmp_path: Path) -> None:
    base = _load(tmp_path, f"{PLUGIN}weight = 0.5\n[risk]\nmax_gross_exposure = 2\n")

    changed = base.for_research({}, tmp_path / "bars")

    assert changed.strategies == {}
    assert changed.data_path() == tmp_path / "bars"
    assert changed.risk == base.risk
    assert base.for_research({}, None).data == base.data
    assert (base.origin(), Settings().origin()) == ("alchemiser.toml", "defaults")


@pytest.mark.parametrize("line", ['restricted = ["a b"]', 'status = { "a b" = "halted" }'])
def test_entry_that_is_wrong_is_told_with_its_key(tmp_path: Path, line: str) -> None:
    """SX-06."""
    file = tmp_path / "alchemiser.toml"
    file.write_text(f"[risk]\n{line}\n")
    key = line.split(maxsplit=1)[0]

    with pytest.raises(SettingsError, match=rf"\[risk\] {key}: 'a b' is not a ticker"):
        Settings.load(file)
