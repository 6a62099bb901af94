"""Which of two sources is asked, and which two may be compared at all."""

from dataclasses import replace

import pytest

from alchemiser.application.second_source import LeadingMarket, QuorumPolicy, check_consistent
from alchemiser.domain.market.source import SourceFacts
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import InputError, PortUnavailableError
from alchemiser.testing.builders import NOW
from alchemiser.testing.fakes import FakeMarket, quote

SPY = (Symbol("SPY"),)
FACTS = SourceFacts(adapter="files", feed="bars", adjustment="close=all", calendar="XNYS")


def market(bid: str, ask: str) -> FakeMarket:
    return FakeMarket([quote("SPY", bid, ask, at=NOW)])


def test_first_source_is_asked_again_at_the_next_decision() -> None:
    """RS-07: from its first failure on the second serves everything, until a decision begins."""
    first, second = market("100", "101"), market("200", "201")
    leading = LeadingMarket(first, second, QuorumPolicy(second_alone=True))
    first.failure = PortUnavailableError("down.")
    assert leading.quotes(SPY, at=NOW)[0].bid == 200
    first.failure = None

    assert leading.quotes(SPY, at=NOW)[0].bid == 200
    assert leading.failure == "down."
    leading.begin()

    assert leading.quotes(SPY, at=NOW)[0].bid == 100
    assert leading.failure == ""


def test_failure_without_words_is_one_all_the_same() -> None:
    """RS-10."""
    first = market("100", "101")
    first.failure = InputError("")
    leading = LeadingMarket(first, market("200", "201"), QuorumPolicy(second_alone=True))

    leading.quotes(SPY, at=NOW)

    assert leading.failure == "InputError"


def test_undeclared_second_is_never_asked() -> None:
    """RS-07: fail closed."""
    first = market("100", "101")
    first.failure = PortUnavailableError("down.")

    with pytest.raises(PortUnavailableError, match="down"):
        LeadingMarket(first, market("200", "201"), QuorumPolicy()).quotes(SPY, at=NOW)


@pytest.mark.parametrize("broken", ["first", "second", "both"])
@pytest.mark.parametrize(
    ("policy", "may_miss"),
    [
        (QuorumPolicy(), set()),
        (QuorumPolicy(second_alone=True), {"first"}),
        (QuorumPolicy(first_alone=True), {"second"}),
        (QuorumPolicy(first_alone=True, second_alone=True), {"first", "second"}),
    ],
)
def test_start_needs_what_may_not_be_missing(
    broken: str, policy: QuorumPolicy, may_miss: set[str]
) -> None:
    first, second = market("1", "2"), market("1", "2")
    for name, one in (("first", first), ("second", second)):
        if broken in {name, "both"}:
            one.failure = InputError(f"the {name} is broken.")
    leading = LeadingMarket(first, second, policy)

    if broken in may_miss:
        leading.check()
        return
    with pytest.raises(InputError, match="broken"):
        leading.check()


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (FACTS, "is the source of \\[data\\], files bars"),
        (replace(FACTS, feed="x", adjustment="close=split"), "the adjustment close=split, and"),
        (replace(FACTS, feed="x", calendar="XLON"), "the calendar XLON, and"),
    ],
)
def test_sources_that_cannot_be_compared_are_refused_by_name(other: SourceFacts, told: str) -> None:
    """RS-07, DA-09."""
    with pytest.raises(SettingsError, match=told):
        check_consistent(FACTS, other)
