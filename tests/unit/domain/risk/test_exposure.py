"""What may be held, alone and in groups that fall together (RC-01 to RC-05, SE-04).

Of 100 000 dollars 10 000 are in XLK, 5 000 in a triple fund of QQQ and 1 000 in an inverse one.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from alchemiser.domain.orders.messages import Side
from alchemiser.domain.risk import exposure
from alchemiser.domain.risk.checks import FitsInto
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, Violation
from alchemiser.domain.risk.pool import Maker, Pool, refuse
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.testing.builders import NOW, a_context, an_account, an_order
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import closes_of

GONE, QQQ, SPY, SQQQ, TQQQ, XLK = map(Symbol, ("GONE", "QQQ", "SPY", "SQQQ", "TQQQ", "XLK"))
MIDS = {"QQQ": "450", "SPY": "500", "SQQQ": "10", "TQQQ": "50", "XLK": "100"}
BROAD, GEARED = AssetClass.BROAD_FUND, AssetClass.LEVERAGED_FUND
FUND = Instrument(symbol=QQQ, asset_class=BROAD, sector=Sector.DIVERSIFIED)
TRIPLE = replace(FUND, symbol=TQQQ, asset_class=GEARED, leverage=Decimal(3), underlying=QQQ)
ROWS = (
    FUND,
    replace(FUND, symbol=SPY),
    replace(TRIPLE, symbol=SQQQ, leverage=Decimal(-3)),
    TRIPLE,
    Instrument(symbol=XLK, asset_class=AssetClass.SECTOR_FUND, sector=Sector.TECHNOLOGY),
)
HELD = {"SQQQ": "100", "TQQQ": "100", "XLK": "100"}
HALF = Decimal("0.5")
SECTORS = {Sector.DIVERSIFIED: HALF, Sector.TECHNOLOGY: Decimal("0.2")}
CLASSES = {BROAD: HALF, GEARED: Decimal("0.2")}
POSITIONS = {BROAD: HALF, GEARED: Decimal("0.1"), AssetClass.SECTOR_FUND: Decimal("0.2")}
UP = np.array([100.0, 101.0, 99.0, 102.0])
APART = np.array([100.0, 99.0, 101.0, 98.0])
LIMITS: Mapping[Maker, Mapping[str, object]] = {
    exposure.position: {"max_position": POSITIONS},
    exposure.gross_exposure: {"max_gross_exposure": HALF},
    exposure.leverage: {"max_leverage": HALF},
    exposure.margin_use: {"max_margin_use": Decimal("0.48")},
    exposure.sector: {"max_sector": SECTORS},
    exposure.asset_class: {"max_asset_class": CLASSES},
    exposure.underlying: {"max_underlying": HALF},
    exposure.correlated: {
        "correlation_threshold": Decimal("0.9"),
        "correlation_sessions": 3,
        "max_position": POSITIONS,
    },
}
GROUPS = [maker for maker in LIMITS if maker is not exposure.position]


def d(text: str) -> Decimal:
    return Decimal(text)


def a_world(maker: Maker, held: Mapping[str, str] = HELD, **limits: object) -> RiskContext:
    """Return a world in which only the limit of `maker` is on; SPY and QQQ move together."""
    context = a_context(
        an_account("84000", held, equity="100000"),
        quotes=[quote(name, mid, mid, at=NOW) for name, mid in MIDS.items()],
        instruments=ROWS,
        limits=replace(RESEARCH_LIMITS, **{**LIMITS[maker], **limits}),  # type: ignore[arg-type]
    )
    assert context.history is not None
    markets = closes_of({SPY: UP, QQQ: UP, XLK: APART, TQQQ: np.roll(UP, 1), SQQQ: APART[::-1]})
    return replace(context, history=replace(context.history, markets=markets))


def pools(
    maker: Maker, context: RiskContext, *names: Symbol, side: Side = Side.BUY
) -> list[Pool | Violation]:
    """Return what `names` take from at limit prices that are no marks."""
    return list(maker(context, dict.fromkeys(names, d("77")), side))


def of_equity(code: RiskCode, limit: str, used: str, **each: str) -> Pool:
    return Pool(
        code=code,
        used=d(used),
        capacity=d(limit) * 100_000,
        each={Symbol(name): d(text) for name, text in each.items()},
        limit=d(limit),
        unit=d("100000"),
    )


@pytest.mark.parametrize("maker", LIMITS)
def test_no_sell_is_held_back_and_nothing_where_the_limit_is_off(maker: Maker) -> None:
    """RC-17, DESIGN §3: whatever is not known besides."""
    blind = replace(a_world(maker), account=None, session=None, history=None, quotes={})

    assert pools(maker, a_world(maker), SPY, side=Side.SELL) == []
    assert pools(maker, blind, SPY, side=Side.SELL) == []
    assert pools(maker, replace(blind, limits=RESEARCH_LIMITS), SPY) == []


def test_each_symbol_has_its_own_position_at_its_mark() -> None:
    """RC-01: the limit follows the class; what is held counts."""
    assert pools(exposure.position, a_world(exposure.position), XLK, SPY, TQQQ) == [
        of_equity(RiskCode.MAX_POSITION, "0.2", "10000", XLK="100"),
        of_equity(RiskCode.MAX_POSITION, "0.5", "0", SPY="500"),
        of_equity(RiskCode.MAX_POSITION, "0.1", "5000", TQQQ="50"),
    ]


def test_position_of_a_symbol_without_a_limit_does_not_stop_those_behind_it() -> None:
    """OS-16, RC-01."""
    context = a_world(exposure.position, max_position=None, max_position_symbol={SPY: HALF})

    assert pools(exposure.position, context, XLK, SPY) == [
        of_equity(RiskCode.MAX_POSITION, "0.5", "0", SPY="500")
    ]


@pytest.mark.parametrize(
    ("lost", "code", "limit"),
    [
        ("instruments", RiskCode.SYMBOL_NOT_TRADABLE, "tradable"),
        ("quotes", RiskCode.PRICE_UNKNOWN, "known"),
    ],
)
def test_position_that_cannot_be_valued_is_refused_and_the_others_are_not(
    lost: str, code: RiskCode, limit: str
) -> None:
    """OS-21."""
    context = a_world(exposure.position)
    known = {name: row for name, row in getattr(context, lost).items() if name != XLK}
    context = replace(context, **{lost: known})  # type: ignore[arg-type]

    assert pools(exposure.position, context, XLK, SPY) == [
        refuse(code, "unknown", limit, XLK),
        of_equity(RiskCode.MAX_POSITION, "0.5", "0", SPY="500"),
    ]


def test_all_positions_count_by_their_leverage_or_at_their_market_value() -> None:
    """RC-03: 10 000, 5 000 and 1 000; three times the latter two, whatever the sign."""
    assert pools(exposure.gross_exposure, a_world(exposure.gross_exposure), SPY, SQQQ) == [
        of_equity(RiskCode.MAX_GROSS_EXPOSURE, "0.5", "28000", SPY="500", SQQQ="30")
    ]
    assert pools(exposure.leverage, a_world(exposure.leverage), SPY, TQQQ) == [
        of_equity(RiskCode.MAX_LEVERAGE, "0.5", "16000", SPY="500", TQQQ="50")
    ]


def test_short_position_and_open_buys_count_as_much_as_long_ones() -> None:
    """RC-03: nobody sells short here, but what a broker says is believed; an open sell is none."""
    context = a_world(exposure.leverage, {"XLK": "-100"})
    context = context.with_order(an_order("SPY", "4", "500"))
    context = context.with_order(an_order("QQQ", "9", "450", side=Side.SELL))

    assert pools(exposure.leverage, context, SPY) == [
        of_equity(RiskCode.MAX_LEVERAGE, "0.5", "12000", SPY="500")
    ]


def test_margin_is_required_as_the_rules_of_the_day_say() -> None:
    """SE-04: 30 % of XLK, 75 % of triple funds, and all of what is cheaper than 2.50."""
    context = a_world(exposure.margin_use)
    cheap = {**context.quotes, QQQ: quote("QQQ", "2", "2", at=NOW)}

    assert pools(exposure.margin_use, replace(context, quotes=cheap), SPY, TQQQ, QQQ) == [
        of_equity(RiskCode.MAX_MARGIN_USE, "0.48", "7500", SPY="150.0", TQQQ="37.50", QQQ="2")
    ]


def test_margin_of_a_session_that_is_not_known_is_refused() -> None:
    """OS-21."""
    context, code = replace(a_world(exposure.margin_use), session=None), RiskCode.SESSION_CLOSED

    assert pools(exposure.margin_use, context, XLK, SPY) == [refuse(code, "unknown", "open", XLK)]
    assert pools(exposure.margin_use, context) == [refuse(code, "unknown", "open", None)]


def test_each_sector_counts_its_members_by_their_leverage() -> None:
    """RC-02: sorted by name; both funds of QQQ are what QQQ is."""
    assert pools(exposure.sector, a_world(exposure.sector), XLK, SPY, TQQQ) == [
        of_equity(RiskCode.MAX_SECTOR, "0.5", "18000", SPY="500", TQQQ="150"),
        of_equity(RiskCode.MAX_SECTOR, "0.2", "10000", XLK="100"),
    ]


def test_each_asset_class_counts_its_members_at_their_market_value() -> None:
    """RC-02."""
    code = RiskCode.MAX_ASSET_CLASS

    assert pools(exposure.asset_class, a_world(exposure.asset_class), TQQQ, SPY, QQQ) == [
        of_equity(code, "0.5", "0", SPY="500", QQQ="450"),
        of_equity(code, "0.2", "6000", TQQQ="50"),
    ]


def test_each_underlying_counts_itself_and_all_of_its_funds_by_their_leverage() -> None:
    """RC-05."""
    code = RiskCode.MAX_UNDERLYING

    assert pools(exposure.underlying, a_world(exposure.underlying), SPY, TQQQ, QQQ) == [
        of_equity(code, "0.5", "18000", TQQQ="150", QQQ="450"),
        of_equity(code, "0.5", "0", SPY="500"),
    ]


def test_symbols_that_move_together_may_have_what_the_largest_of_them_may() -> None:
    """RC-04: SPY and QQQ are one; XLK, and what is held besides, have their own."""
    context = a_world(exposure.correlated, {"QQQ": "10"}, max_position_symbol={QQQ: d("0.7")})
    code = RiskCode.MAX_CORRELATED

    assert pools(exposure.correlated, context, SPY) == [of_equity(code, "0.7", "4500", SPY="500")]
    both, alone = (
        of_equity(code, "0.7", "4500", QQQ="450", SPY="500"),
        of_equity(code, "0.2", "0", XLK="100"),
    )
    assert pools(exposure.correlated, context, QQQ, SPY, XLK) == [both, alone]
    assert pools(exposure.correlated, context, XLK) == [alone]


def test_group_of_which_one_may_be_anything_has_no_limit() -> None:
    """RC-04: those behind it have."""
    single = {SPY: HALF, XLK: HALF}
    context = a_world(
        exposure.correlated, {"QQQ": "10"}, max_position=None, max_position_symbol=single
    )

    assert pools(exposure.correlated, context, SPY, XLK) == [
        of_equity(RiskCode.MAX_CORRELATED, "0.5", "0", XLK="100")
    ]


def test_correlation_that_cannot_be_measured_is_refused() -> None:
    """RC-04, OS-21."""
    context, code = a_world(exposure.correlated), RiskCode.MAX_CORRELATED
    assert context.history is not None

    for history in (None, replace(context.history, markets=None)):
        blind = replace(context, history=history)
        assert pools(exposure.correlated, blind, XLK, SPY) == [refuse(code, "unknown", "0.9", XLK)]
        assert pools(exposure.correlated, blind) == [refuse(code, "unknown", "0.9", None)]


def test_position_of_which_nothing_is_known_may_move_together_with_whatever_is_bought() -> None:
    """RC-04, RC-17, OS-21: also where no position limit makes a group of what is bought."""
    free = a_world(exposure.correlated, {"QQQ": "10"}, max_position=None)
    unlisted = {name: row for name, row in free.instruments.items() if name != QQQ}
    unquoted = {name: row for name, row in free.quotes.items() if name != QQQ}

    unpriced = refuse(RiskCode.POSITION_UNPRICED, "unknown", "every position priced", XLK)
    for context in (replace(free, instruments=unlisted), replace(free, quotes=unquoted)):
        assert pools(exposure.correlated, context, XLK) == [unpriced]


@pytest.mark.parametrize("maker", GROUPS)
@pytest.mark.parametrize("lost", ["instruments", "quotes"])
def test_group_cannot_be_valued_while_one_position_cannot(maker: Maker, lost: str) -> None:
    """OS-21: one that is held, whatever group it is of, or one that is wanted."""
    unpriced = refuse(RiskCode.POSITION_UNPRICED, "unknown", "every position priced", SPY)
    context = a_world(maker)
    without = {
        name: {one: row for one, row in getattr(context, lost).items() if one != name}
        for name in (SQQQ, SPY)
    }
    held = replace(context, **{lost: without[SQQQ]})  # type: ignore[arg-type]
    wanted = replace(context, **{lost: without[SPY]})  # type: ignore[arg-type]

    assert pools(maker, held, SPY) == [unpriced]
    assert pools(maker, wanted, QQQ, SPY)[:1] == [unpriced]


def test_symbol_that_is_not_known_is_of_no_group() -> None:
    """OS-20: it is refused as such."""
    for maker in (exposure.sector, exposure.asset_class, exposure.underlying):
        assert pools(maker, a_world(maker), GONE) == []


@pytest.mark.parametrize("maker", LIMITS)
def test_share_of_an_unknown_equity_is_refused(maker: Maker) -> None:
    """OS-21."""
    unknown = refuse(RiskCode.ACCOUNT_UNKNOWN, "unknown", "equity above zero", SPY)

    assert pools(maker, replace(a_world(maker), account=None), SPY) == [unknown]


@pytest.mark.parametrize(
    ("maker", "fits", "code", "over", "limit"),
    [
        (exposure.position, "100", RiskCode.MAX_POSITION, "0.50001", "0.5"),
        (exposure.gross_exposure, "44", RiskCode.MAX_GROSS_EXPOSURE, "0.50001", "0.5"),
        (exposure.leverage, "68", RiskCode.MAX_LEVERAGE, "0.50001", "0.5"),
        (exposure.margin_use, "270", RiskCode.MAX_MARGIN_USE, "0.480003", "0.48"),
        (exposure.sector, "64", RiskCode.MAX_SECTOR, "0.50001", "0.5"),
        (exposure.asset_class, "100", RiskCode.MAX_ASSET_CLASS, "0.50001", "0.5"),
        (exposure.underlying, "100", RiskCode.MAX_UNDERLYING, "0.50001", "0.5"),
        (exposure.correlated, "100", RiskCode.MAX_CORRELATED, "0.50001", "0.5"),
    ],
)
def test_buy_passes_at_the_limit_and_not_above_it(
    maker: Maker, fits: str, code: RiskCode, over: str, limit: str
) -> None:
    """RC-17: of SPY at 500, and two thousandths of a share more."""
    check, context = FitsInto(maker), a_world(maker)
    assert check(an_order(quantity=fits), context) is None
    larger = an_order(quantity=str(d(fits) + d("0.002")))
    assert check(larger, context) == refuse(code, over, limit, SPY)
