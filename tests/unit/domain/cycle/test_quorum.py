"""What two sources have to agree on before a strategy's book is traded."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.cycle.quorum import Outcomes, agreed_answers, agreed_shapes
from alchemiser.domain.cycle.shaping import Shaped
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.portfolio.dissent import Dissent, QuorumCode
from alchemiser.domain.portfolio.exits import Exit, ExitReason
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.numbers import ZERO
from alchemiser.testing.builders import decided

LIMIT = Decimal("0.01")
NAME = StrategyId("klm")
UNDECIDED = Undecided(reason="SPY has no bar.", symbols=(Symbol("SPY"),))
WEIGHTS = st.sampled_from(["0.1", "0.105", "0.2", "0.3"])
OUTCOMES = st.sampled_from([UNDECIDED, Failed(reason="broken")]) | st.builds(
    lambda spy, tlt: decided(SPY=spy, TLT=tlt), WEIGHTS, WEIGHTS
)


def answer(
    first: StrategyOutcome, second: StrategyOutcome
) -> tuple[StrategyOutcome, list[Dissent]]:
    outcomes, dissents = agreed_answers(((NAME, first),), ((NAME, second),), LIMIT)
    ((_, outcome),) = outcomes
    return outcome, list(dissents)


def test_weights_within_the_limit_are_those_of_the_first() -> None:
    first = decided(SPY="0.5", TLT="0.5")

    assert answer(first, decided(SPY="0.51", TLT="0.49")) == (first, [])


def test_weights_apart_leave_the_book_alone() -> None:
    """RS-07."""
    outcome, (dissent,) = answer(decided(SPY="0.5", TLT="0.5"), decided(SPY="0.6", GLD="0.4"))

    assert (dissent.code, dissent.symbol) == (QuorumCode.QUORUM_TARGET, "TLT")
    assert (dissent.observed, dissent.limit) == ("0.5", "0.01")
    assert isinstance(outcome, Undecided)
    assert not outcome.lacks_history
    assert outcome.reason == (
        "the data sources lead to different decisions: quorum_target in TLT is 0.5, the limit 0.01."
    )


def test_decision_on_one_source_only_is_none() -> None:
    for pair in ((decided(SPY="1"), UNDECIDED), (UNDECIDED, decided(SPY="1"))):
        outcome, (dissent,) = answer(*pair)

        assert isinstance(outcome, Undecided)
        assert sorted(dissent.observed.split(" and ")) == ["decided", "undecided"]
        assert dissent.limit == "decided on both"


def test_cash_on_both_is_agreement() -> None:
    assert answer(decided(), decided()) == (decided(), [])


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES), min_size=1, max_size=4))
def test_what_is_traded_is_wanted_on_both(
    pairs: list[tuple[StrategyOutcome, StrategyOutcome]],
) -> None:
    """RS-07, RS-17: and each strategy is judged by itself."""
    names = [StrategyId(f"s{number}") for number in range(len(pairs))]
    first: Outcomes = tuple((name, pair[0]) for name, pair in zip(names, pairs, strict=True))
    second: Outcomes = tuple((name, pair[1]) for name, pair in zip(names, pairs, strict=True))

    outcomes, dissents = agreed_answers(first, second, LIMIT)

    held = {one.strategy for one in dissents}
    for (name, outcome), (one, other) in zip(outcomes, pairs, strict=True):
        if name in held:
            assert isinstance(outcome, Undecided)
            assert isinstance(one, Decided) or isinstance(other, Decided)
            continue
        assert outcome is one
        if isinstance(one, Decided):
            assert isinstance(other, Decided)
            a, b = dict(one.target.weights), dict(other.target.weights)
            assert all(abs(a.get(key, ZERO) - b.get(key, ZERO)) <= LIMIT for key in a | b)


@given(st.lists(OUTCOMES, max_size=4))
def test_sources_that_agree_change_nothing(said: list[StrategyOutcome]) -> None:
    """RS-07: agreement is the decision of a single source."""
    outcomes = tuple((StrategyId(f"s{number}"), one) for number, one in enumerate(said))
    shaped = Shaped(outcomes=outcomes)

    assert agreed_answers(outcomes, outcomes, LIMIT) == (outcomes, ())
    assert agreed_shapes(shaped, shaped, LIMIT) == shaped


def test_exit_that_one_source_asks_for_is_not_made() -> None:
    leaving = Exit(
        symbol=Symbol("SPY"),
        reason=ExitReason.STOP_LOSS,
        entry=Decimal(100),
        peak=Decimal(100),
        price=Decimal(80),
        level=Decimal(90),
    )
    first = Shaped(outcomes=((NAME, decided(TLT="1")),), exits=((NAME, leaving),))
    second = Shaped(outcomes=((NAME, decided(TLT="1")),))

    shaped = agreed_shapes(first, second, LIMIT)
    (dissent,) = shaped.dissents

    assert shaped.exits == ()
    assert isinstance(dict(shaped.outcomes)[NAME], Undecided)
    assert (dissent.code, dissent.observed) == (QuorumCode.QUORUM_EXIT, "SPY and nothing")


def test_size_that_differs_is_not_traded() -> None:
    first = Shaped(outcomes=((NAME, decided(TLT="1")),))
    second = Shaped(outcomes=((NAME, decided(TLT="0.5")),))

    shaped = agreed_shapes(first, second, LIMIT)
    (dissent,) = shaped.dissents

    assert isinstance(dict(shaped.outcomes)[NAME], Undecided)
    assert (dissent.observed, dissent.limit) == ("0.5", "0.01")
