"""Capital at risk: the worst session that the limits allow, in dollars (RC-20)."""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from itertools import product
from typing import Any

import pytest

from alchemiser.adapters.reference.table import ReferenceTable
from alchemiser.domain.market_rules.margin import HOUSE, MAINTENANCE, maintenance_share
from alchemiser.domain.orders.account import AccountKind
from alchemiser.domain.risk.capital import LEAST_MARGIN, MULTIPLES, capital_at_risk
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskLimits
from alchemiser.domain.risk.policy import CLASS_POLICIES, MAX_SECTOR
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import CENT, ONE, ZERO

EQUITY = Decimal(100_000)
SINGLE = (
    "max_leverage",
    "max_gross_exposure",
    "max_net_exposure",
    "max_margin_use",
)


def _together(stock: str, broad: str, sector: str, leveraged: str) -> Mapping[AssetClass, Decimal]:
    shares = (stock, broad, sector, leveraged)
    return {kind: Decimal(one) for kind, one in zip(AssetClass, shares, strict=True)}


def _share(limits: RiskLimits) -> Decimal:
    return capital_at_risk(limits, EQUITY).share


def test_unless_set_half_and_a_little_may_be_lost() -> None:
    """RC-20: a quarter in leveraged funds at 60 per cent, the rest in shares at 50."""
    found = capital_at_risk(RiskLimits(), EQUITY)

    assert (found.worst, found.share) == (Decimal("52500.00"), Decimal("0.525"))
    assert [(row.asset_class, row.weight, row.dollars) for row in found.by_class] == [
        (AssetClass.STOCK, Decimal("0.75"), Decimal(37_500)),
        (AssetClass.BROAD_FUND, ZERO, ZERO),
        (AssetClass.SECTOR_FUND, ZERO, ZERO),
        (AssetClass.LEVERAGED_FUND, Decimal("0.25"), Decimal(15_000)),
    ]
    assert found.total_loss == EQUITY
    assert found.value_at_risk == Decimal(10_000)
    assert found.expected_shortfall == Decimal(15_000)
    assert found.stop_at == Decimal(5_000)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        # All in one class: 0.20 of what may be held.
        ({"max_asset_class": _together("0", "1", "0", "0")}, "0.2"),
        # 0.1 at 0.6, 0.2 at 0.5, 0.3 at 0.3, and the other 0.4 at 0.2.
        ({"max_asset_class": _together("0.2", "1", "0.3", "0.1")}, "0.33"),
        # The classes together leave room: 0.1 at each crash.
        ({"max_asset_class": _together("0.1", "0.1", "0.1", "0.1")}, "0.16"),
        # 0.25 at 0.6, 0.25 at 0.5.
        ({"max_leverage": Decimal("0.5")}, "0.275"),
        # Look-through: 0.25 of half a multiple takes 0.125 of 0.5; 0.375 in shares.
        ({"max_gross_exposure": Decimal("0.5")}, "0.3375"),
        # Whatever the sector: 23 of them at 0.01 leave 0.23 look-through; 0.25 takes 0.125 of it.
        ({"max_sector": dict.fromkeys(MAX_SECTOR, Decimal("0.01"))}, "0.2025"),
        # Margin of a quarter at least: 0.15 carries 0.6; 0.25 at 0.6, 0.35 at 0.5.
        ({"max_margin_use": Decimal("0.15")}, "0.325"),
        # An inverse triple fund makes room for shares: x in shares, y at -3, z at -0.5,
        # y + z = 0.25, x - 3y - 0.5z = 0.3, x + y + z = 1: x = 0.75, all of the class at -1.8.
        ({"max_net_exposure": Decimal("0.3"), "max_gross_exposure": Decimal(4)}, "0.525"),
        # With a gross limit of 1: x + 3y + 0.5z = 1 and x - 3y - 0.5z = 0.3 give x = 0.65.
        ({"max_net_exposure": Decimal("0.3")}, "0.475"),
        # Twice the equity, shares capped at 1, the rest of the gross in sector funds:
        # 0.25 l + s + t = 2 with net s + t - 0.25 l = 1 gives s + t = 1.5.
        ({"max_leverage": Decimal(2), "max_gross_exposure": Decimal(2)}, "0.8"),
    ],
)
def test_worst_loss_agrees_with_one_worked_by_hand(changed: dict[str, Any], expected: str) -> None:
    """RC-20."""
    assert _share(replace(RiskLimits(), **changed)) == Decimal(expected)


def test_without_limits_it_is_what_a_broker_lends_at_most() -> None:
    """RC-20: a quarter of margin carries four times the equity; a cash account borrows nothing."""
    margin = capital_at_risk(RESEARCH_LIMITS, EQUITY)
    cash = capital_at_risk(RESEARCH_LIMITS, EQUITY, AccountKind.CASH)

    assert (margin.worst, margin.total_loss) == (Decimal(240_000), Decimal(400_000))
    assert (cash.worst, cash.total_loss) == (Decimal(60_000), EQUITY)
    assert (margin.value_at_risk, margin.expected_shortfall, margin.stop_at) == (None, None, None)
    assert "value at risk is off, on expected shortfall off; buying stops never" in (
        margin.sentence()
    )


def _grid(limits: RiskLimits, steps: int) -> Iterator[Decimal]:
    """Yield the loss of every portfolio on a grid that keeps to `limits`, looked at anew.

    Shares, broad and sector funds at one multiple, leveraged funds at any of four.
    """
    points = [Decimal(number) / steps for number in range(steps + 1)]
    assert limits.max_asset_class is not None
    caps = [limits.max_asset_class[kind] for kind in AssetClass]
    for weights in product(*([one for one in points if one <= cap] for cap in caps)):
        if sum(weights, ZERO) > (limits.max_leverage or 4):
            continue
        plain_ones, leveraged = sum(weights[:3], ZERO), weights[3]
        for multiple in (Decimal(m) for m in ("-3", "-1.75", "-0.5", "0.5", "3")):
            gross = plain_ones + abs(multiple) * leveraged
            net = abs(plain_ones + multiple * leveraged)
            if gross <= (limits.max_gross_exposure or 99) and net <= (
                limits.max_net_exposure or 99
            ):
                crashes = (CLASS_POLICIES[kind].crash for kind in AssetClass)
                yield sum((w * c for w, c in zip(weights, crashes, strict=True)), ZERO)


def _drawn(chance: random.Random) -> RiskLimits:
    def tenths(most: int) -> Decimal:
        return Decimal(chance.randint(1, most)) / 10

    return RiskLimits(
        max_asset_class={kind: tenths(10) for kind in AssetClass},
        max_leverage=chance.choice([None, tenths(20)]),
        max_gross_exposure=chance.choice([None, tenths(20)]),
        max_net_exposure=chance.choice([None, tenths(20)]),
    )


@pytest.mark.parametrize("seed", range(25))
def test_no_portfolio_on_a_grid_loses_more_and_one_loses_nearly_as_much(seed: int) -> None:
    """RC-20: looked for by trying, which knows nothing of linear programs."""
    limits = _drawn(random.Random(seed))

    worst, tried = _share(limits), max(_grid(limits, 10))

    assert tried <= worst
    # From the worst, every weight may be rounded down to the grid, and no multiple is on it.
    assert worst - tried <= Decimal("0.08")


@pytest.mark.parametrize("seed", range(40))
def test_a_limit_that_is_raised_or_lifted_never_lowers_the_loss(seed: int) -> None:
    """RC-20: monotone in every limit."""
    chance = random.Random(seed)
    limits = _drawn(chance)
    before = _share(limits)
    assert limits.max_asset_class is not None

    for name in SINGLE:
        value = getattr(limits, name)
        for larger in [None] if value is None else [value + Decimal("0.05"), value * 2, None]:
            changed: dict[str, Any] = {name: larger}
            assert _share(replace(limits, **changed)) >= before, changed
    for kind, value in limits.max_asset_class.items():
        raised = {**limits.max_asset_class, kind: value + Decimal("0.1")}
        assert _share(replace(limits, max_asset_class=raised)) >= before, kind
    assert _share(replace(limits, max_asset_class=None)) >= before
    assert _share(replace(limits, max_sector=None)) >= before


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", AccountKind)
def test_never_above_what_may_be_held(seed: int, kind: AccountKind) -> None:
    """RC-20: above leverage times equity there is nothing to lose."""
    limits = _drawn(random.Random(seed))
    most = min(limits.max_leverage or Decimal(4), ONE if kind is AccountKind.CASH else Decimal(4))

    found = capital_at_risk(limits, EQUITY, kind)

    assert 0 < found.worst < found.total_loss <= most * EQUITY
    held = sum((row.weight for row in found.by_class), ZERO)
    assert held <= most


@pytest.mark.parametrize("equity", ["0", "0.01", "0.03", "12345.67", "33333.33"])
def test_classes_add_up_to_the_loss_to_the_cent(equity: str) -> None:
    """RC-20: also where a weight is a third."""
    limits = RiskLimits(max_net_exposure=Decimal("0.9"), max_leverage=Decimal("0.7"))

    for one in (limits, RiskLimits(max_gross_exposure=ONE / 3), RESEARCH_LIMITS):
        found = capital_at_risk(one, Decimal(equity))

        assert sum((row.dollars for row in found.by_class), ZERO) == found.worst
        assert found.worst == (found.share * Decimal(equity)).quantize(CENT)


def test_an_account_that_owes_more_than_it_has_has_no_capital_to_risk() -> None:
    with pytest.raises(InvalidValueError, match=r"owes 12\.50 dollars more than it has: pay in"):
        capital_at_risk(RiskLimits(), Decimal("-12.50"))


def test_limits_below_zero_let_nothing_be_held() -> None:
    found = capital_at_risk(RiskLimits(max_leverage=Decimal(-1)), EQUITY)

    assert (found.worst, found.total_loss) == (ZERO, ZERO)
    assert "in one session, 0.00 % of the equity of 100,000.00: nothing may be held" in (
        found.sentence()
    )


def test_statement_reads_as_a_sentence() -> None:
    """RC-20."""
    assert capital_at_risk(RiskLimits(), EQUITY).sentence() == (
        "the limits allow at worst a loss of 52,500.00 dollars in one session, 52.50 % of the "
        "equity of 100,000.00: 75.00 % in stock falling by 50.00 %, 25.00 % in leveraged_fund "
        "falling by 60.00 %; should all of it fall to nothing, 100,000.00; the limit on value at "
        "risk is 10,000.00, on expected shortfall 15,000.00; buying stops at a loss of 5,000.00"
    )


def _listed() -> Iterator[Instrument]:
    text = files("alchemiser.adapters.reference").joinpath("instruments.csv").read_text()
    names = (row["symbol"] for row in csv.DictReader(text.splitlines()))
    return (ReferenceTable().instrument(Symbol(name)) for name in names)


def test_every_listed_symbol_lies_within_the_multiples_of_its_class() -> None:
    """RC-20: else one could be held that takes less room than the statement reckons with."""
    for row in [*_listed(), Instrument(symbol=Symbol("UNLISTED"))]:
        multiples = MULTIPLES[row.asset_class]
        sizes = [abs(one) for one in multiples]
        assert min(multiples) <= row.leverage <= max(multiples), row.symbol
        assert min(sizes) <= abs(row.leverage) <= max(sizes), row.symbol


def test_no_position_requires_less_margin_than_reckoned_with() -> None:
    """RC-20."""
    days = {row.day for row in MAINTENANCE.rows} | {row.day for row in HOUSE.rows}
    prices = [Decimal(one) for one in ("0.5", "2.5", "6", "6.01", "500")]
    multiples = sorted({one for row in MULTIPLES.values() for one in row})

    least = min(maintenance_share(*one) for one in product(sorted(days), prices, multiples))

    assert least >= LEAST_MARGIN
