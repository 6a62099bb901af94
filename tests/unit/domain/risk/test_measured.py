"""Buys cut by one factor until every figure of the whole portfolio takes them (RC-03, RC-13).

SPY stands at a mid of 500 and may cost 2.60 more a share; AGG at 98, and 0.59.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from alchemiser.domain.portfolio.consolidation import NetIntent
from alchemiser.domain.risk import clipping
from alchemiser.domain.risk.clipping import Limited, measured
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, OverLimit, RiskCode
from alchemiser.domain.risk.measures import MEASURES, Measure
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.testing.builders import NOW, a_context, an_account, an_intent
from alchemiser.testing.fakes import quote

AGG, SPY = Symbol("AGG"), Symbol("SPY")
OFFSET = Decimal("0.005")
HALF = Decimal("0.5")
NET = RiskCode.MAX_NET_EXPOSURE
BOTH = (an_intent("AGG", klm="200"), an_intent("SPY", klm="40", tecl="20"))
Held = Mapping[Symbol, Decimal]


def d(text: str) -> Decimal:
    return Decimal(text)


def some(*shares: int) -> list[Decimal]:
    """Return whole numbers of shares."""
    return [Decimal(one) for one in shares]


def a_world(
    *instruments: Instrument, equity: str = "100000", shares: str = "0", **limits: object
) -> RiskContext:
    held = {"SPY": shares} if d(shares) else {}
    return a_context(
        an_account("90000", held, equity=equity),
        quotes=[
            quote("AGG", "97.90", "98.10", at=NOW),
            quote("SPY", "499.90", "500.10", at=NOW),
        ],
        instruments=instruments,
        limits=replace(RESEARCH_LIMITS, **limits),  # type: ignore[arg-type]
    )


def cut_to(
    context: RiskContext, intents: Sequence[NetIntent] = BOTH
) -> tuple[list[Decimal], list[Limited]]:
    """Return what is left of `intents`, shares each, and what bound."""
    kept, limited = measured(intents, context, OFFSET)
    assert [one.symbol for one in kept] == [one.symbol for one in intents]
    return [one.quantity() for one in kept], limited


def fits(context: RiskContext, shares: Sequence[Decimal], cost: str) -> bool:
    """Say whether every measure takes `shares` of AGG and SPY with `cost` dollars off equity."""
    added = dict(zip((AGG, SPY), shares, strict=True))
    less = context.less_equity(d(cost))
    return all(measure.refusal(less, added) is None for measure in MEASURES)


# --- One measure --------------------------------------------------------------------------------


def test_buys_that_every_measure_takes_stay_as_they_are() -> None:
    """RC-03: 19 600 and 30 000 dollars of 99 726 are 0.49736."""
    net = d("49600") / d("99726")

    assert cut_to(a_world()) == (some(200, 60), [])
    assert cut_to(a_world(max_net_exposure=net)) == (some(200, 60), [])
    assert cut_to(a_world(max_net_exposure=net - d("1e-20")))[1] != []
    assert measured((), a_world(max_net_exposure=d("0")), OFFSET) == ([], [])


def test_all_buys_are_cut_by_one_factor_as_large_as_can_be() -> None:
    """RC-03: a quarter of 99 726 dollars is a factor of 0.50265… of 49 600."""
    context = a_world(max_net_exposure=d("0.250"))

    shares, limited = cut_to(context)

    factor = d("0.25") * 99726 / 49600
    assert [float(one) for one in shares] == pytest.approx(
        [float(200 * factor), float(60 * factor)], abs=2e-9
    )
    assert fits(context, shares, "274")
    assert not fits(context, [one + d("2e-9") for one in shares], "274")
    assert limited == [
        Limited(code=NET, symbol=name, wanted=wanted, allowed=left, limit="0.25")
        for name, wanted, left in ((AGG, d("200"), shares[0]), (SPY, d("60"), shares[1]))
    ]


def test_factor_is_finer_than_a_share_of_a_billionth() -> None:
    """OS-14: of 2 ** 40 billionths of a share all are kept that fit."""
    wanted = d("1099.511627776")
    equity = d("2000000") - wanted * d("2.60")
    limit = d("0.1")
    for _ in range(2):
        shares, _ = cut_to(
            a_world(equity="2000000", max_net_exposure=limit),
            [an_intent("SPY", klm=str(wanted))],
        )
        exact = limit * equity / 500
        assert exact - d("1e-9") < shares[0] <= exact
        # An odd number of billionths the one time, an even one the other.
        limit += 500 * d("1e-9") / equity


def test_whole_shares_are_cut_to_whole_shares() -> None:
    """OS-14: 29 844 dollars of SPY are 59.688 shares; of the other as many as the factor says."""
    whole = Instrument(symbol=SPY, quantity_increment=d("1"))
    context = a_world(whole, max_net_exposure=d("0.3"))

    assert cut_to(context, [an_intent("SPY", klm="200")])[0] == [59]
    assert cut_to(context, [an_intent("SPY", klm="200")])[1][0].allowed == 59
    shares, _ = cut_to(context)
    assert shares[1] == shares[1].to_integral_value()
    assert fits(context, shares, "274")


def test_owner_may_have_all_buys_dropped_that_are_too_much_together() -> None:
    """OS-16."""
    context = a_world(max_net_exposure=d("0.4"), over_limit=OverLimit.REFUSE)

    shares, limited = cut_to(context)

    assert shares == [0, 0]
    assert [row.allowed for row in limited] == [0, 0]
    assert cut_to(replace(context, limits=replace(context.limits, max_net_exposure=d("1")))) == (
        some(200, 60),
        [],
    )


def test_portfolio_above_its_limit_takes_what_makes_the_figure_smaller() -> None:
    """RC-03: SPY is half of equity already; its inverse may be bought, and more of it may not."""
    inverse = Instrument(symbol=AGG, leverage=d("-1"))
    context = a_world(inverse, shares="100", max_net_exposure=d("0.3"))

    assert cut_to(context, [BOTH[0]]) == (some(200), [])
    assert cut_to(context, [BOTH[1]])[0] == [0]


@pytest.mark.parametrize("lost", ["account", "history"])
def test_figure_that_is_not_known_is_left_to_the_last_gate(lost: str) -> None:
    """OS-21."""
    context = a_world(max_var=d("0.0001"))

    assert cut_to(context)[1] != []
    assert cut_to(replace(context, **{lost: None})) == (some(200, 60), [])  # type: ignore[arg-type]
    broke = replace(context, account=an_account("5", equity="0"))
    assert cut_to(broke) == (some(200, 60), [])


# --- Several measures ---------------------------------------------------------------------------


def a_measure(code: RiskCode, figure: Callable[[Decimal], bool]) -> Measure:
    """Return a measure that takes the shares of equity in SPY for which `figure` holds."""

    def told(held: Held, _: RiskContext) -> Decimal:
        weight = held.get(SPY, d("0"))
        return d("0") if not weight or figure(weight) else d("1")

    limit = d("0.50") if code is FIRST else d("0.60")
    return Measure(code=code, limit=lambda _: limit, figure=told)


FIRST, SECOND = RiskCode.MAX_VAR, RiskCode.MAX_EXPECTED_SHORTFALL
SPY_ALONE = [an_intent("SPY", klm="100")]


def told(rows: Sequence[Limited]) -> list[tuple[RiskCode, str]]:
    return [(row.code, row.limit) for row in rows]


def test_cut_for_one_measure_is_asked_of_the_others_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """RC-13: the second leaves a quarter, which the first does not take; it takes a fifth."""
    measures = (
        a_measure(FIRST, lambda weight: not d("0.2") < weight < d("0.3")),
        a_measure(SECOND, lambda weight: weight <= d("0.25")),
    )
    monkeypatch.setattr(clipping, "MEASURES", measures)

    shares, limited = cut_to(a_world(), SPY_ALONE)

    assert float(shares[0]) == pytest.approx(0.2 * 99740 / 500, rel=1e-2)
    assert told(limited) == [(SECOND, "0.6"), (FIRST, "0.5")]
    assert limited[0].wanted == 100
    assert limited[1].wanted == limited[0].allowed
    assert limited[1].allowed == shares[0]


def in_turn(first: str, second: str) -> tuple[Measure, Measure]:
    """Return measures of which one takes odd decades and one even ones, or less than so much."""
    return (
        a_measure(FIRST, lambda weight: int(weight.logb()) % 2 == 0 or weight < d(first)),
        a_measure(SECOND, lambda weight: int(weight.logb()) % 2 == 1 or weight < d(second)),
    )


def test_measures_that_agree_at_last_keep_what_they_agree_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RC-13: 0.5, then 0.0999…, 0.00999… and 0.00199…; the third round changes nothing."""
    monkeypatch.setattr(clipping, "MEASURES", in_turn("0.002", "0"))

    shares, limited = cut_to(a_world(), SPY_ALONE)

    assert told(limited) == [(FIRST, "0.5"), (SECOND, "0.6"), (FIRST, "0.5")]
    assert float(shares[0]) == pytest.approx(0.002 * 99999 / 500, rel=1e-2)
    assert limited[-1].allowed == shares[0]


@pytest.mark.parametrize(("first", "second"), [("0", "0"), ("0", "0.0001")])
def test_portfolio_that_no_factor_satisfies_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    """RC-13: after one round more than there are measures nothing is bought, and that is told.

    Nor is anything where the last round left what all might take: nobody has asked them again.
    """
    monkeypatch.setattr(clipping, "MEASURES", in_turn(first, second))

    shares, limited = cut_to(a_world(), [an_intent("AGG", klm="1"), *SPY_ALONE])

    assert shares == [0, 0]
    assert [row.allowed for row in limited[-2:]] == [0, 0]
    assert [row.symbol for row in limited[-2:]] == [AGG, SPY]
    last = (SECOND, "0.6") if second == "0" else (FIRST, "0.5")
    assert told(limited[-2:]) == [last] * 2
    assert told(limited[:2]) == [(FIRST, "0.5")] * 2
    assert told(cut_to(a_world(), SPY_ALONE)[1][-1:]) == [last]
    assert len({row.code for row in limited}) == 2
    for name in (AGG, SPY):
        rows = [row for row in limited if row.symbol == name]
        assert [row.wanted for row in rows[1:]] == [row.allowed for row in rows[:-1]]


def test_costs_are_those_of_what_is_still_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """RC-01: what was cut away costs nothing any more when the next measure is asked."""
    seen: list[Decimal] = []

    def refusing(held: Held, context: RiskContext) -> Decimal:
        seen.append(context.equity() or d("0"))
        return d("0") if held.get(SPY, d("0")) <= d("0.25") else d("1")

    first = Measure(code=FIRST, limit=lambda _: HALF, figure=refusing)
    second = replace(first, code=SECOND)
    monkeypatch.setattr(clipping, "MEASURES", (first, second))

    shares, limited = cut_to(a_world(), SPY_ALONE)

    assert told(limited) == [(FIRST, "0.5")]
    assert set(seen) == {d("100000") - 260, d("100000") - shares[0] * d("2.60")}


def test_intents_of_nothing_are_passed_on() -> None:
    """One that another limit has cut to nothing is neither asked for nor told again."""
    nothing = an_intent("AGG", klm="1").shrunk(d("0"))
    context = a_world(max_net_exposure=d("0.1"))

    kept, limited = measured([nothing, *SPY_ALONE], context, OFFSET)

    assert kept[0] == nothing
    assert [row.symbol for row in limited] == [SPY]
    assert measured([nothing], context, OFFSET) == ([nothing], [])
