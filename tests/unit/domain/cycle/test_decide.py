"""A day's decision breaks no limit in any generated world, and its two gates agree (RC-17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.books.ledger import Book, cross, post, total_cash, total_positions
from alchemiser.domain.cycle.decide import CycleDecision, CycleInputs, Policy, decide
from alchemiser.domain.cycle.quorum import SecondOpinion
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.quote import Quote
from alchemiser.domain.orders.account import AccountSnapshot, Position
from alchemiser.domain.orders.messages import Side
from alchemiser.domain.planning.planner import PlanSettings
from alchemiser.domain.portfolio.allocation import Allocation, AllocationSettings
from alchemiser.domain.portfolio.capital import Capital
from alchemiser.domain.portfolio.consolidation import StrategyOutcome
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RESEARCH_LIMITS, RiskCode, RiskLimits, TradingState
from alchemiser.domain.risk.portfolio import assess_portfolio
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument, Sector
from alchemiser.domain.values.numbers import is_multiple
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.testing.builders import ACCOUNT, NOW, SESSION, a_book, decided, some_claims
from alchemiser.testing.fakes import quote
from alchemiser.testing.histories import a_history

INSTRUMENTS = {
    one.symbol: one
    for one in (
        Instrument(symbol=Symbol("AGG"), asset_class=AssetClass.BROAD_FUND, sector=Sector.CREDIT),
        Instrument(symbol=Symbol("BRK.B"), quantity_increment=Decimal(1)),
        Instrument(symbol=Symbol("OKLO")),
        Instrument(
            symbol=Symbol("SQQQ"), asset_class=AssetClass.LEVERAGED_FUND, leverage=Decimal(-3)
        ),
        Instrument(
            symbol=Symbol("UPRO"),
            asset_class=AssetClass.LEVERAGED_FUND,
            leverage=Decimal(3),
            quantity_increment=Decimal(1),
        ),
    )
}
OKLO, AGG, BRKB = Symbol("OKLO"), Symbol("AGG"), Symbol("BRK.B")
NO_ODD_QUOTES: dict[Symbol, Quote] = {}
NO_BARS = TreeEvaluator(BarPanel(sessions=(date(2025, 6, 16),), symbols=(), close=np.empty((1, 0))))
SHARES = st.decimals("0.000000001", "400", places=9) | st.decimals(1, 400, places=0)


@dataclass(frozen=True, kw_only=True)
class World:
    """Hold what a day is decided on, and what was drawn of the policy."""

    outcomes: Mapping[str, StrategyOutcome]
    books: Mapping[BookId, Book]
    quotes: Mapping[Symbol, Quote]
    policy: Policy
    state: TradingState = TradingState.ACTIVE
    power: Decimal = Decimal(1)
    capital: Capital = field(default_factory=Capital)
    account_marks: dict[Symbol, Decimal] = field(default_factory=dict)

    def marks(self) -> dict[Symbol, Decimal]:
        return {name: one.mid() for name, one in self.quotes.items()} | self.account_marks

    def account(self) -> AccountSnapshot:
        cash, positions = total_cash(self.books), total_positions(self.books)
        equity = sum((held * self.marks()[name] for name, held in positions.items()), cash)
        return AccountSnapshot(
            account=ACCOUNT,
            cash=cash,
            equity=equity,
            buying_power=max(cash, Decimal(0)) * self.power,
            positions=tuple(
                Position(symbol=name, quantity=held) for name, held in positions.items()
            ),
            at=NOW,
        )

    def decide(self) -> CycleDecision:
        return decide(self.inputs())

    def inputs(self) -> CycleInputs:
        return CycleInputs(
            now=NOW,
            session=SESSION,
            deadline=SESSION.close_at,
            state=self.state,
            evaluator=NO_BARS,
            row=0,
            strategies=[(StrategyId(one), self.outcomes[one]) for one in sorted(self.outcomes)],
            books=self.books,
            account=self.account(),
            quotes=self.quotes,
            instruments=INSTRUMENTS,
            policy=self.policy,
            capital=self.capital,
            history=a_history(SESSION.day, INSTRUMENTS),
        )

    def context(self) -> RiskContext:
        return RiskContext(
            now=NOW,
            state=self.state,
            session=SESSION,
            account=self.account(),
            cash=total_cash(self.books),
            quotes=self.quotes,
            instruments=INSTRUMENTS,
            limits=self.policy.limits,
            history=a_history(SESSION.day, INSTRUMENTS),
        )


@st.composite
def markets(draw: st.DrawFn) -> dict[Symbol, Quote]:
    """Return uncrossed quotes with spreads up to one percent."""
    quotes = {}
    for name in INSTRUMENTS:
        bid = draw(st.decimals(5, 900, places=2))
        spread = draw(st.sampled_from(["0", "0.0001", "0.003", "0.01"]))
        ask = (bid * (1 + Decimal(spread))).quantize(Decimal("0.0001"))
        quotes[name] = quote(name, str(bid), str(ask), at=NOW)
    return quotes


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Return the owner's settings, from reckless to mean."""
    caps = st.none() | st.fixed_dictionaries({
        cls: st.decimals("0.02", "1", places=2) for cls in AssetClass
    })
    return Policy(
        allocation=AllocationSettings(
            cash_buffer=Decimal(draw(st.sampled_from(["0", "0", "0.01"]))),
            drift_band=Decimal(draw(st.sampled_from(["0", "0.01", "0.1"]))),
            allocation=draw(st.sampled_from([*[Allocation.DRIFT] * 3, Allocation.CONSTANT_MIX])),
        ),
        planning=PlanSettings(
            minimum_trade=Decimal(draw(st.sampled_from(["0", "5", "300"]))),
            limit_offset=Decimal(draw(st.sampled_from(["0", "0.005"]))),
        ),
        limits=RiskLimits(
            max_position=draw(st.none() | caps),
            max_gross_exposure=draw(st.none() | st.none() | st.decimals("0.1", "3", places=2)),
            max_order_equity=draw(st.sampled_from([None, Decimal(1)])),
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return strategies with any targets and holdings in any market under any policy."""
    names = sorted(INSTRUMENTS)
    house = draw(st.decimals(-10, draw(st.sampled_from([0, 5000])), places=2))
    books = {BookId("house"): a_book(str(house))}
    outcomes: dict[str, StrategyOutcome] = {}
    cash_share = draw(st.sampled_from([0, 0, 4]))
    for strategy in draw(st.sets(st.sampled_from(["klm", "nuclear", "tecl"]), min_size=1)):
        parts = draw(st.lists(st.integers(0, 4), min_size=5, max_size=5).filter(any))
        parts.append(draw(st.integers(0, cash_share)))
        weights = {str(one): part / sum(parts) for one, part in zip(names, parts, strict=False)}
        answer = Decided(target=TargetPortfolio.of(weights))
        outcomes[strategy] = answer if draw(st.integers(0, 5)) else Undecided(reason="no data")
        held = draw(st.dictionaries(st.sampled_from(names), SHARES, min_size=1, max_size=4))
        cash = draw(st.decimals(0, draw(st.sampled_from([1, 30, 200_000])), places=2))
        books[BookId(strategy)] = a_book(
            str(cash), {one: str(shares) for one, shares in held.items()}
        )
    return World(
        outcomes=outcomes,
        books=books,
        quotes=draw(markets()),
        policy=draw(policies()),
        state=draw(st.sampled_from([*[TradingState.ACTIVE] * 5, TradingState.REDUCING])),
        power=draw(st.sampled_from([Decimal(1), Decimal(1), Decimal("0.7"), Decimal(2)])),
        capital=Capital(
            weights={
                StrategyId(one): draw(st.decimals("0.01", "0.33", places=2)) for one in outcomes
            },
            owed=frozenset(
                StrategyId(one) for one in outcomes if draw(st.sampled_from([False, False, True]))
            ),
        ),
    )


@given(world=worlds())
def test_last_gate_refuses_nothing_that_the_first_gate_left(world: World) -> None:
    """RC-17, OS-17: so no day ends half done because two gates reckon differently."""
    decision = world.decide()

    assert decision.assessment.refused == ()
    assert decision.refused == ()


@given(world=worlds())
def test_first_gate_shrinks_and_its_own_output_binds_nothing(world: World) -> None:
    decision = world.decide()
    assessment, offset = decision.assessment, world.policy.planning.limit_offset

    wanted = {intent.symbol: intent for intent in decision.consolidation.net}
    for intent in assessment.net:
        claims = dict(wanted[intent.symbol].claims)
        assert intent.buy is wanted[intent.symbol].buy
        assert all(0 < shares <= claims[book] for book, shares in intent.claims)
    for row in assessment.limited:
        assert 0 <= row.allowed < row.wanted <= wanted[row.symbol].quantity()
        assert wanted[row.symbol].buy
    again = assess_portfolio(assessment.net, world.context(), offset)
    assert again == replace(assessment, limited=())


@given(world=worlds())
def test_plan_worked_at_its_worst_prices_breaks_no_limit(world: World) -> None:
    """RC-01, RC-03, SE-03, FAULTS invariants 14 and 17: checked on the account, not on the gate."""
    before, plan, marks = world.account(), world.decide().plan, world.marks()
    cash = before.cash
    held = {row.symbol: row.quantity for row in before.positions}
    for order in plan.orders:
        sign = order.side.sign()
        cash -= sign * order.quantity * order.limit_price
        held[order.symbol] = held.get(order.symbol, Decimal(0)) + sign * order.quantity
        assert held[order.symbol] >= 0
    bought = {order.symbol for order in plan.orders if order.side is Side.BUY}
    limits, equity = world.policy.limits, _worth(held, marks, cash)

    assert cash >= 0 or not bought
    for name in bought:
        limit = limits.position_limit(INSTRUMENTS[name])
        assert limit is None or held[name] * marks[name] <= limit * equity
    gross = sum(abs(held[name] * INSTRUMENTS[name].leverage) * marks[name] for name in held)
    gross_limit = limits.max_gross_exposure
    assert gross_limit is None or not bought or gross <= gross_limit * equity


def _worth(
    held: Mapping[Symbol, Decimal], marks: Mapping[Symbol, Decimal], cash: Decimal
) -> Decimal:
    return sum((quantity * marks[name] for name, quantity in held.items()), cash)


@given(world=worlds())
def test_plan_is_well_formed(world: World) -> None:
    """OS-08, OS-14, OS-18: sells first, one order a symbol, whole increments, no dust."""
    decision, marks = world.decide(), world.marks()
    orders = decision.plan.orders
    held = {row.symbol: row.quantity for row in world.account().positions}

    assert [(one.side is Side.BUY, one.symbol) for one in orders] == sorted(
        (one.side is Side.BUY, one.symbol) for one in orders
    )
    assert len({one.symbol for one in orders}) == len({one.cl_ord_id for one in orders})
    assert len({one.symbol for one in orders}) == len(orders)
    for one in orders:
        assert is_multiple(one.quantity, INSTRUMENTS[one.symbol].quantity_increment)
        leaves_nothing = one.side is Side.SELL and one.quantity == held[one.symbol]
        value = one.quantity * marks[one.symbol]
        assert leaves_nothing or value >= world.policy.planning.minimum_trade
    if world.state is TradingState.REDUCING:
        assert all(one.side is Side.SELL for one in orders)


@given(world=worlds())
def test_books_that_did_not_decide_keep_every_share_and_no_book_sells_what_it_has_not(
    world: World,
) -> None:
    """RS-17, FAULTS invariants 12 and 14."""
    decision = world.decide()
    books = {
        name: Book(cash=one.cash, positions=dict(one.positions))
        for name, one in world.books.items()
    }

    for crossing in decision.plan.crossings:
        post(books, cross(crossing))
    for order in decision.plan.orders:
        if order.side is Side.SELL:
            for claimant, shares in order.claims:
                assert shares <= books[claimant].positions[order.symbol]

    deciding = {BookId(name) for name, outcome in decision.outcomes if isinstance(outcome, Decided)}
    for name, book in books.items():
        if name not in deciding:
            assert book == world.books[name]
            assert all(name not in dict(order.claims) for order in decision.plan.orders)


@given(world=worlds())
def test_second_source_that_agrees_changes_nothing(world: World) -> None:
    """RS-07: one that differs somewhere, and leads to the same targets."""
    inputs = world.inputs()

    decision = decide(replace(inputs, second=_opinion(inputs.strategies)))

    assert decision == world.decide()


@given(world=worlds())
def test_second_source_that_decides_nothing_holds_every_book(world: World) -> None:
    """RS-07."""
    inputs = world.inputs()
    silent = [(name, Undecided(reason="no bars")) for name, _ in inputs.strategies]

    decision = decide(replace(inputs, second=_opinion(silent)))

    decided = {name for name, said in world.outcomes.items() if isinstance(said, Decided)}
    assert {one.strategy for one in decision.dissents} == decided
    assert not any(isinstance(said, Decided) for _, said in decision.outcomes)


def _opinion(strategies: Sequence[tuple[StrategyId, Node | StrategyOutcome]]) -> SecondOpinion:
    return SecondOpinion(
        evaluator=NO_BARS, row=0, strategies=strategies, weight_tolerance=Decimal(0)
    )


@given(world=worlds())
def test_decision_does_not_depend_on_how_numbers_are_written(world: World) -> None:
    """FAULTS invariant 26: a replay reads the same values without their trailing zeros."""
    books = {
        name: Book(
            cash=_short(one.cash),
            positions={symbol: _short(held) for symbol, held in one.positions.items()},
        )
        for name, one in world.books.items()
    }
    quotes = {
        name: replace(one, bid=_short(one.bid), ask=_short(one.ask))
        for name, one in world.quotes.items()
    }

    assert replace(world, books=books, quotes=quotes).decide() == world.decide()


def _short(value: Decimal) -> Decimal:
    return value.normalize()


def _simple_world(
    outcomes: Mapping[str, StrategyOutcome],
    books: Sequence[tuple[str, Book]],
    *,
    odd: dict[Symbol, Quote] = NO_ODD_QUOTES,
) -> World:
    """Return a world in which everything is quoted at 99.99 to 100.01 but for `odd`."""
    return World(
        outcomes=outcomes,
        books={BookId(name): book for name, book in books},
        quotes={name: quote(name, "99.99", "100.01", at=NOW) for name in INSTRUMENTS} | odd,
        policy=Policy(
            allocation=AllocationSettings(cash_buffer=Decimal(0), drift_band=Decimal(0)),
            planning=PlanSettings(minimum_trade=Decimal(100)),
            limits=RiskLimits(max_position=None),
        ),
    )


def test_buy_does_not_rest_on_sells_too_small_to_be_made() -> None:
    """Symptom: BRK.B for 2 000 dollars was refused whole, because 99 dollars of AGG were not sold.

    There are 1 910 dollars of cash; the sell of 0.99 AGG is below the smallest trade.
    """
    book = a_book("1910", {"AGG": "1.98"})

    decision = _simple_world({"klm": decided(AGG="0.047", OKLO="0.95")}, [("klm", book)]).decide()

    assert decision.refused == ()
    assert [(one.symbol, one.side) for one in decision.plan.orders] == [(OKLO, Side.BUY)]


def test_all_that_a_sell_brings_may_be_spent_to_the_last_cent() -> None:
    """Symptom: OKLO was refused for 0.65 cents, as 33.333 AGG bring 3316.6335 dollars at 99.50."""
    world = _simple_world({"klm": decided(OKLO="1")}, [("klm", a_book("0", {"AGG": "33.333"}))])

    decision = replace(world, policy=replace(world.policy, limits=RESEARCH_LIMITS)).decide()

    assert decision.refused == ()
    spent = decision.plan.orders[1].request().cost()
    assert spent == Decimal("3316.63")


def test_buy_of_a_crossed_quote_is_refused_alone() -> None:
    """C14: its price is no price; the others go on."""
    target = decided(AGG="0.5", OKLO="0.5")
    crossed = {OKLO: quote("OKLO", "120", "80", at=NOW)}

    decision = _simple_world({"klm": target}, [("klm", a_book("20000"))], odd=crossed).decide()

    assert _refused(decision) == [(OKLO, RiskCode.QUOTE_CROSSED)]
    assert [one.symbol for one in decision.plan.orders] == [AGG]


def test_buy_that_rests_on_a_refused_sell_is_refused_and_others_stay() -> None:
    """OS-17, OS-18: 3 000 dollars of cash pay for AGG, but not for BRK.B, too.

    The quote of OKLO is too old to sell 50 of it.
    """
    stale = {OKLO: quote("OKLO", "99.99", "100.01", at=NOW - timedelta(seconds=61))}
    book = a_book("3000", {"OKLO": "50"})
    target = Decided(target=TargetPortfolio.of({"AGG": Decimal("0.25"), "BRK.B": Decimal("0.2")}))

    world = _simple_world({"klm": target}, [("klm", book)], odd=stale)
    policy = replace(world.policy, limits=RESEARCH_LIMITS)
    decision = replace(world, policy=policy).decide()

    assert _refused(decision) == [(OKLO, RiskCode.PRICE_STALE), (BRKB, RiskCode.BUYING_POWER)]
    assert [one.symbol for one in decision.plan.orders] == [AGG]


def test_holdings_of_books_that_did_not_decide_count_in_every_limit() -> None:
    """DESIGN §3: they are fixed quantities; 60 of some 100 shares allowed are theirs.

    140 shares may cost 71.40 dollars: of 19 928.60 of equity half may be in AGG.
    """
    books = [("klm", a_book("0", {"AGG": "60"})), ("tecl", a_book("14000"))]
    outcomes: dict[str, StrategyOutcome] = {
        "klm": Undecided(reason="no data"),
        "tecl": decided(AGG="1"),
    }
    world = _simple_world(outcomes, books)
    capped = replace(world.policy, limits=RiskLimits(max_position_symbol={AGG: Decimal("0.5")}))

    decision = replace(world, policy=capped).decide()

    (order,) = decision.plan.orders
    assert order.claims == some_claims(tecl="39.643")


def test_refused_plan_neither_sends_nor_crosses() -> None:
    """OS-17."""
    books = [("klm", a_book("2000")), ("tecl", a_book("0", {"AGG": "10"}))]
    world = _simple_world({"klm": decided(AGG="1"), "tecl": decided(OKLO="1")}, books)

    active, halted = world.decide(), replace(world, state=TradingState.HALTED).decide()

    assert active.plan.crossings != ()
    assert active.plan.orders != ()
    assert (halted.plan.crossings, halted.plan.orders) == ((), ())
    assert [row.code for row in halted.assessment.refused] == [RiskCode.TRADING_STATE]


def test_refused_plan_moves_no_money_that_its_sells_would_have_to_raise() -> None:
    """OS-17: otherwise the book would owe it, and the weight would count as reached."""
    books = [("klm", a_book("0", {"AGG": "20"})), ("tecl", a_book("100")), ("house", a_book("0"))]
    weights = {StrategyId("klm"): Decimal("0.3"), StrategyId("tecl"): Decimal("0.6")}
    owed = Capital(weights=weights, owed=frozenset(weights))
    world = replace(
        _simple_world({"klm": decided(AGG="1"), "tecl": decided(OKLO="1")}, books), capital=owed
    )

    active, halted = world.decide(), replace(world, state=TradingState.HALTED).decide()

    assert {one.book for one in active.allocated.transfers} == {"klm", "tecl"}
    assert (halted.allocated.transfers, halted.allocated.reached) == ((), ())
    assert halted.allocated.books == world.books


def test_strategy_whose_book_cannot_be_valued_is_told_as_undecided() -> None:
    """OS-21."""
    target = decided(AGG="1")
    books = [("klm", a_book("2000", {"TLT": "3"})), ("tecl", a_book("2000"))]
    world = _simple_world({"klm": target, "tecl": target}, books)
    policy = replace(world.policy, limits=RESEARCH_LIMITS)

    decision = replace(world, policy=policy, account_marks={Symbol("TLT"): Decimal(90)}).decide()

    assert isinstance(dict(decision.outcomes)[StrategyId("klm")], Undecided)
    assert dict(decision.outcomes)[StrategyId("tecl")] == target
    assert [one.claims for one in decision.plan.orders] == [some_claims(tecl="20")]


def _refused(decision: CycleDecision) -> list[tuple[Symbol, RiskCode]]:
    return [(order.symbol, why.code) for order, why in decision.refused]
