"""From weights to net intents: own capital, drift band, crossing, and books left alone."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Book, cross, post, total_cash, total_positions
from alchemiser.domain.orders.plan import Crossing
from alchemiser.domain.portfolio.allocation import AllocationSettings, Turn
from alchemiser.domain.portfolio.consolidation import (
    Consolidation,
    Contribution,
    Failed,
    Market,
    StrategyOutcome,
    consolidate,
)
from alchemiser.domain.rules.decision import Undecided
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import SHARE, is_multiple
from alchemiser.testing.builders import a_book, an_intent, decided, some_claims

SPY, AGG, GLD = Symbol("SPY"), Symbol("AGG"), Symbol("GLD")
MARKS = {SPY: Decimal(400), AGG: Decimal(80), GLD: Decimal(160)}
PLAIN = AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal(0))


def consolidated(
    outcomes: Mapping[str, StrategyOutcome],
    books: Mapping[str, Book],
    settings: AllocationSettings = PLAIN,
    *,
    marks: Mapping[Symbol, Decimal] = MARKS,
    whole: frozenset[Symbol] = frozenset(),
    turns: Mapping[StrategyId, Turn] = MappingProxyType({}),
) -> Consolidation:
    names = set(marks) | {name for book in books.values() for name in book.positions}
    increments = {name: Decimal(1) if name in whole else SHARE for name in names}
    return consolidate(
        [(StrategyId(name), outcomes[name]) for name in sorted(outcomes)],
        {BookId(name): book for name, book in books.items()},
        Market(
            marks=marks,
            instruments={
                name: Instrument(symbol=name, quantity_increment=increments[name]) for name in names
            },
        ),
        settings,
        turns,
    )


def wanted(result: Consolidation) -> dict[tuple[str, str], Decimal]:
    return {(row.book, row.symbol): row.wanted for row in result.contributions}


def test_weight_is_a_share_of_the_book_s_own_equity_less_the_buffer() -> None:
    """Klm has 2000 + 5 x 400 = 4000: 0.3 x 3960 / 400 = 2.97 SPY; tecl's money is not its own."""
    result = consolidated(
        {"klm": decided(SPY="0.3", AGG="0.2"), "tecl": decided(AGG="1")},
        {"klm": a_book("2000", {"SPY": "5"}), "tecl": a_book("900"), "house": a_book("7777")},
        AllocationSettings(cash_buffer=Decimal("0.01"), drift_band=Decimal(0)),
    )

    assert wanted(result) == {
        ("klm", "SPY"): Decimal("-2.03"),
        ("klm", "AGG"): Decimal("9.9"),
        ("tecl", "AGG"): Decimal("11.1375"),
    }
    assert result.net == (
        an_intent("AGG", klm="9.9", tecl="11.1375"),
        an_intent("SPY", buy=False, klm="2.03"),
    )
    assert result.crossings == ()


def test_contribution_tells_weight_holding_and_wish_sorted_by_book_and_symbol() -> None:
    result = consolidated(
        {"tecl": decided(AGG="0.5"), "klm": decided(SPY="0.5")},
        {"tecl": a_book("800"), "klm": a_book("0", {"SPY": "5"})},
    )

    assert result.contributions == (
        Contribution(
            book=BookId("klm"),
            symbol=SPY,
            weight=Decimal("0.5"),
            held=Decimal(5),
            wanted=Decimal("-2.5"),
        ),
        Contribution(
            book=BookId("tecl"),
            symbol=AGG,
            weight=Decimal("0.5"),
            held=Decimal(0),
            wanted=Decimal(5),
        ),
    )


def test_quantity_is_rounded_down_to_the_instrument_s_increment() -> None:
    """OS-14: 1000 x 0.9 / 400 = 2.25 SPY, of which 2 whole ones; a third of AGG to 1e-9."""
    result = consolidated(
        {"klm": decided(SPY="0.9"), "tecl": decided(AGG="0.333333333")},
        {"klm": a_book("1000"), "tecl": a_book("100.01")},
        whole=frozenset({SPY}),
    )

    assert wanted(result) == {
        ("klm", "SPY"): Decimal(2),
        ("tecl", "AGG"): Decimal("0.416708332"),
    }


def test_position_without_a_weight_is_sold_in_full() -> None:
    result = consolidated(
        {"klm": decided(SPY="1")}, {"klm": a_book("0", {"AGG": "0.000000003", "GLD": "2"})}
    )

    assert wanted(result)["klm", "AGG"] == Decimal("-0.000000003")
    assert wanted(result)["klm", "GLD"] == Decimal(-2)


@pytest.mark.parametrize(
    ("held", "trade"),
    [
        ("24.749999999", Decimal("0.250000001")),
        ("24.75", Decimal("0.25")),
        ("24.750000001", None),
        ("25.249999999", None),
        ("25.25", Decimal("-0.25")),
        ("25.250000001", Decimal("-0.250000001")),
    ],
)
def test_drift_below_the_band_is_left_alone(held: str, trade: Decimal | None) -> None:
    """Half of 4000 are 25 AGG at 80; a band of half a percent is 20 dollars, 0.25 AGG."""
    book = a_book("0", {"AGG": held})
    book.cash = 4000 - Decimal(held) * 80

    result = consolidated(
        {"klm": decided(AGG="0.5")},
        {"klm": book},
        AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal("0.005")),
    )

    assert wanted(result)["klm", "AGG"] == (trade or 0)
    assert len(result.net) == (trade is not None)


def test_entry_and_full_exit_are_exempt_from_the_band() -> None:
    result = consolidated(
        {"klm": decided(SPY="0.01")},
        {"klm": a_book("4000", {"AGG": "0.1"})},
        AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal("0.9")),
    )

    assert wanted(result) == {
        ("klm", "AGG"): Decimal("-0.1"),
        ("klm", "SPY"): Decimal("0.1002"),
    }


@pytest.mark.parametrize(
    "outcome", [Undecided(reason="too young"), Failed(reason="raised")], ids=["undecided", "failed"]
)
def test_book_of_a_strategy_without_a_decision_is_left_alone(outcome: StrategyOutcome) -> None:
    """RS-17: it neither trades nor crosses, though it holds what others sell."""
    result = consolidated(
        {"klm": outcome, "tecl": decided(AGG="1")},
        {"klm": a_book("5000", {"SPY": "4", "AGG": "3"}), "tecl": a_book("0", {"SPY": "2"})},
    )

    assert {row.book for row in result.contributions} == {"tecl"}
    assert result.crossings == ()
    assert result.net == (an_intent("AGG", tecl="10"), an_intent("SPY", buy=False, tecl="2"))
    assert result.undecided == ()


def test_book_that_cannot_be_valued_becomes_undecided_and_is_left_alone() -> None:
    """OS-21: a missing price is never a zero, in the target as little as among the holdings."""
    result = consolidated(
        {
            "klm": decided(SPY="0.5", TLT="0.5"),
            "nuclear": decided(SPY="1"),
            "tecl": decided(SPY="1"),
        },
        {
            "klm": a_book("1000", {"OKLO": "3"}),
            "nuclear": a_book("1000", {"OKLO": "1"}),
            "tecl": a_book("1000"),
        },
    )

    assert result.undecided == (
        (
            StrategyId("klm"),
            Undecided(
                reason="there is no price for OKLO, TLT in its book or target.",
                symbols=(Symbol("OKLO"), Symbol("TLT")),
            ),
        ),
        (
            StrategyId("nuclear"),
            Undecided(
                reason="there is no price for OKLO in its book or target.",
                symbols=(Symbol("OKLO"),),
            ),
        ),
    )
    assert result.net == (an_intent("SPY", tecl="2.5"),)


@pytest.mark.parametrize("cash", ["0", "-1200"])
def test_book_without_equity_buys_nothing_and_sells_what_it_has(cash: str) -> None:
    """Two SPY are worth 800: with nothing, or a debt above that, nothing can be kept."""
    books = {"klm": a_book(cash, {} if cash == "0" else {"SPY": "2"})}

    result = consolidated({"klm": decided(SPY="0.5", AGG="0.5")}, books)

    assert [row.quantity() for row in result.net if row.buy] == []
    assert [row.quantity() for row in result.net if not row.buy] == [2] * (cash != "0")


def test_strategy_without_a_book_has_no_equity() -> None:
    assert consolidated({"klm": decided(SPY="1")}, {}).net == ()


def test_opposite_intents_meet_at_the_mid_up_to_the_smaller_side() -> None:
    """Two books give up 2 and 3 SPY, one wants 4: the buyer is served in full by both sellers."""
    result = consolidated(
        {"a": decided(SPY="1"), "b": decided(), "c": decided()},
        {"a": a_book("1600"), "b": a_book("0", {"SPY": "2"}), "c": a_book("0", {"SPY": "3"})},
    )

    assert result.crossings == (
        Crossing(
            symbol=SPY,
            price=Decimal(400),
            quantity=Decimal(4),
            buys=some_claims(a="4"),
            sells=some_claims(b="1.6", c="2.4"),
        ),
    )
    assert result.net == (an_intent("SPY", buy=False, b="0.4", c="0.6"),)
    assert [(row.book, row.wanted, row.crossed) for row in result.contributions] == [
        (BookId("a"), Decimal(4), Decimal(4)),
        (BookId("b"), Decimal(-2), Decimal("-1.6")),
        (BookId("c"), Decimal(-3), Decimal("-2.4")),
    ]


def test_crossing_that_does_not_divide_gives_the_odd_unit_to_the_first_book() -> None:
    """One unit less than two, wanted by two books alike."""
    result = consolidated(
        {"a": decided(SPY="1"), "b": decided(SPY="1"), "c": decided()},
        {"a": a_book("400"), "b": a_book("400"), "c": a_book("0", {"SPY": "1.000000001"})},
    )

    assert result.crossings[0].buys == some_claims(a="0.500000001", b="0.5")
    assert [row.crossed for row in result.contributions] == [
        Decimal("0.500000001"),
        Decimal("0.5"),
        Decimal("-1.000000001"),
    ]
    assert result.net == (an_intent("SPY", a="0.499999999", b="0.5"),)


def test_equal_opposite_intents_leave_nothing_for_the_venue() -> None:
    result = consolidated(
        {"a": decided(SPY="1"), "b": decided()},
        {"a": a_book("800"), "b": a_book("0", {"SPY": "2"})},
    )

    assert result.net == ()
    assert result.crossings[0].quantity == 2


def test_intent_is_worthwhile_from_the_narrowest_band_of_those_who_claim_it() -> None:
    """What limits leave of an intent is no order when every book would let such a drift be.

    Klm has 4000 dollars, a band of 80; tecl has 8000, a band of 160; nuclear enters.
    """
    drifted = {"klm": decided(SPY="0.5"), "tecl": decided(SPY="0.5")}
    books = {"klm": a_book("4000"), "tecl": a_book("6400", {"SPY": "4"})}
    settings = AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal("0.02"))
    books["klm"] = a_book("2400", {"SPY": "4"})

    both = consolidated(drifted, books, settings)
    entering = consolidated(
        {**drifted, "nuclear": decided(SPY="1")}, {**books, "nuclear": a_book("800")}, settings
    )

    assert [row.band for row in both.contributions] == [80, 160]
    assert [intent.worthwhile for intent in both.net] == [80]
    assert [intent.worthwhile for intent in entering.net] == [0]


def test_shrinking_is_borne_pro_rata_and_drops_who_gets_nothing() -> None:
    """DESIGN: clipping is borne by the deciding books pro rata to their increase."""
    intent = an_intent("SPY", klm="6", nuclear="3", tecl="0.000000001")

    assert intent.shrunk(Decimal("4.5")) == an_intent("SPY", klm="3", nuclear="1.5")
    assert intent.shrunk(Decimal("9.000000001")) is intent
    assert intent.shrunk(Decimal(10)) is intent
    assert intent.shrunk(Decimal(0)).claims == ()
    assert intent.shrunk(Decimal(-1)).claims == ()


NAMES = ("SPY", "AGG", "GLD")
SHARES = st.decimals("0.000000001", "3000", places=9)


@st.composite
def portfolios(
    draw: st.DrawFn,
) -> tuple[dict[str, StrategyOutcome], dict[str, Book], AllocationSettings]:
    """Return strategies' answers, their books and the settings."""
    outcomes: dict[str, StrategyOutcome] = {}
    books = {"house": a_book(str(draw(st.decimals(0, 10**5, places=2))))}
    for name in draw(st.sets(st.sampled_from(["klm", "nuclear", "tecl", "sf"]), min_size=1)):
        parts = draw(st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(any))
        weights = {
            s: str(Decimal(p * 10**9 // sum(parts)).scaleb(-9))
            for s, p in zip(NAMES, parts, strict=False)
        }
        answer = decided(**weights)
        outcomes[name] = answer if draw(st.integers(0, 4)) else Undecided(reason="no data")
        held = draw(st.dictionaries(st.sampled_from(NAMES), SHARES))
        cash = draw(st.decimals(-1000, 10**6, places=2))
        books[name] = a_book(str(cash), {symbol: str(shares) for symbol, shares in held.items()})
    buffer, band = draw(st.sampled_from(["0", "0.01", "0.3"])), draw(st.sampled_from(["0", "0.02"]))
    return (
        outcomes,
        books,
        AllocationSettings(cash_buffer=Decimal(buffer), drift_band=Decimal(band)),
    )


@given(portfolio=portfolios(), whole=st.sets(st.sampled_from([SPY, AGG, GLD])))
def test_crossing_and_venue_together_give_each_book_what_it_wants(
    portfolio: tuple[dict[str, StrategyOutcome], dict[str, Book], AllocationSettings],
    whole: set[Symbol],
) -> None:
    """RC-05, FAULTS invariants 12 and 14."""
    outcomes, books, settings = portfolio
    ledger = {
        BookId(name): Book(cash=b.cash, positions=dict(b.positions)) for name, b in books.items()
    }
    cash, shares = total_cash(ledger), total_positions(ledger)

    result = consolidated(outcomes, books, settings, whole=frozenset(whole))

    assert len({intent.symbol for intent in result.net}) == len(result.net)
    for crossing in result.crossings:
        post(ledger, cross(crossing))
    assert (total_cash(ledger), total_positions(ledger)) == (cash, shares)
    for intent in result.net:
        for claimant, quantity in intent.claims:
            assert quantity > 0
            assert is_multiple(quantity, SHARE)
            held = ledger[claimant].positions.get(intent.symbol, Decimal(0))
            ledger[claimant].positions[intent.symbol] = held + (
                quantity if intent.buy else -quantity
            )
    for row in result.contributions:
        assert ledger[row.book].positions.get(row.symbol, 0) == row.held + row.wanted >= 0
    for name, book in books.items():
        if isinstance(outcomes.get(name), Undecided) or name == "house":
            assert ledger[BookId(name)] == book


@given(portfolio=portfolios())
def test_no_book_wants_more_than_its_own_equity_less_the_buffer(
    portfolio: tuple[dict[str, StrategyOutcome], dict[str, Book], AllocationSettings],
) -> None:
    """RC-05: two strategies cannot spend the same dollar, nor the house's."""
    outcomes, books, settings = portfolio

    result = consolidated(outcomes, books, settings)

    for name, book in books.items():
        rows = [row for row in result.contributions if row.book == name]
        equity = max(book.equity(MARKS) or Decimal(0), Decimal(0))
        limit = equity * (1 - settings.cash_buffer)
        for row in rows:
            value = (row.held + row.wanted) * MARKS[row.symbol]
            if row.wanted:
                assert value <= row.weight * limit
            else:
                drift = abs(value - row.weight * limit)
                assert drift <= settings.drift_band * equity + SHARE * MARKS[row.symbol]


KLM = StrategyId("klm")


def test_book_whose_rebalancing_is_not_due_wishes_nothing() -> None:
    """It holds on, even where the strategy wants something else by now; others trade."""
    outcomes = {"klm": decided(AGG="1"), "tecl": decided(AGG="1")}
    books = {"klm": a_book("0", {"SPY": "5"}), "tecl": a_book("800")}

    result = consolidated(outcomes, books, turns={KLM: Turn(due=False)})

    assert wanted(result) == {("klm", "AGG"): 0, ("klm", "SPY"): 0, ("tecl", "AGG"): 10}
    assert [row.claims for row in result.net] == [some_claims(tecl="10")]


def test_book_that_owes_money_raises_it_of_everything_although_it_is_not_its_turn() -> None:
    """It owes 400 of the 4,400 that it holds: an eleventh of each goes, and nothing is bought."""
    book = a_book("-400", {"SPY": "6.6", "AGG": "22"})

    result = consolidated({"klm": decided(GLD="1")}, {"klm": book}, turns={KLM: Turn(due=False)})

    assert wanted(result) == {
        ("klm", "AGG"): -2,
        ("klm", "GLD"): 0,
        ("klm", "SPY"): Decimal("-0.6"),
    }


def test_book_that_owes_money_and_gives_something_up_waits_for_what_that_brings() -> None:
    book = a_book("-400", {"SPY": "6.6", "AGG": "22"})
    turn = Turn(due=False, leaving=frozenset({AGG}))

    result = consolidated({"klm": decided(SPY="1")}, {"klm": book}, turns={KLM: turn})

    assert wanted(result) == {("klm", "AGG"): -22, ("klm", "SPY"): 0}


@given(
    cash=st.decimals(-3000, "-0.01", places=2),
    spy=st.decimals(0, 10, places=9),
    agg=st.decimals(0, 30, places=9),
)
def test_book_that_owes_money_owes_nothing_once_it_has_sold(
    cash: Decimal, spy: Decimal, agg: Decimal
) -> None:
    """Or has sold everything."""
    held = {name: str(one) for name, one in (("SPY", spy), ("AGG", agg)) if one}

    result = consolidated(
        {"klm": decided(SPY="1")},
        {"klm": a_book(str(cash), held)},
        turns={KLM: Turn(due=False)},
        whole=frozenset({AGG}),
    )

    rows = result.contributions
    assert all(-row.held <= row.wanted <= 0 for row in rows)
    left = cash - sum(row.wanted * MARKS[row.symbol] for row in rows)
    assert left >= 0 or all(row.wanted == -row.held for row in rows)


@pytest.mark.parametrize(
    ("held", "traded"),
    [
        ("5", False),  # 2000 of 4000: exactly as wanted
        ("5.4", False),  # 2160 of 4000 is 54 %
        ("5.5", False),  # 55 %: at the threshold, not beyond it
        ("5.51", True),
        ("4.49", True),
    ],
)
def test_book_within_its_threshold_is_left_alone_and_traded_whole_beyond_it(
    held: str, traded: bool
) -> None:
    invested = Decimal(held) * 400
    bonds = (4000 - invested) / 80
    book = a_book("0", {"SPY": held, "AGG": f"{bonds}"})

    result = consolidated(
        {"klm": decided(SPY="0.5", AGG="0.5")},
        {"klm": book},
        turns={KLM: Turn(threshold=Decimal("0.05"))},
    )

    whole = {("klm", "SPY"): 5 - Decimal(held), ("klm", "AGG"): 25 - bonds}
    assert wanted(result) == (whole if traded else dict.fromkeys(whole, Decimal(0)))


@pytest.mark.parametrize("target", [{"GLD": "1"}, {"SPY": "0.97", "GLD": "0.03"}, {}])
def test_symbol_that_enters_or_leaves_is_traded_whatever_the_threshold(
    target: dict[str, str],
) -> None:
    """A switch of branches is no drift."""
    result = consolidated(
        {"klm": decided(**target)},
        {"klm": a_book("0", {"SPY": "10"})},
        turns={KLM: Turn(threshold=Decimal("0.5"))},
    )

    assert any(wanted(result).values())


def test_cash_buffer_is_no_drift() -> None:
    result = consolidated(
        {"klm": decided(SPY="1")},
        {"klm": a_book("240", {"SPY": "9.4"})},
        AllocationSettings(cash_buffer=Decimal("0.05"), drift_band=Decimal(0)),
        turns={KLM: Turn(threshold=Decimal("0.02"))},
    )

    assert wanted(result) == {("klm", "SPY"): 0}
