"""No minute sees more requests than the limit, and cancels find room when nothing else does."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.adapters.alpaca.budget import Budget, Claim, Quota, server_time, wished_wait


@dataclass
class Watch:
    """Seconds that a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def take(budget: Budget, claim: Claim) -> float:
    """Ask once, and leave the line when there is nothing."""
    with budget.line(claim) as asked:
        return asked()


@given(
    st.integers(1, 400),
    st.lists(st.tuples(st.floats(0, 30), st.sampled_from(Claim)), max_size=400),
)
def test_no_minute_sees_more_than_the_limit(limit: int, asked: list[tuple[float, Claim]]) -> None:
    """RS-16."""
    watch = Watch()
    budget = Budget(watch, limit)
    taken = list[float]()
    for pause, claim in asked:
        watch.seconds += pause / 100
        if take(budget, claim) == 0:
            taken.append(watch.seconds)

    most = max((sum(at <= one < at + 60 for one in taken) for at in taken), default=0)
    assert most <= max(limit, 3)


def test_whoever_waits_as_long_as_told_is_served() -> None:
    """RS-16: 40 at once, then 150 a minute."""
    watch = Watch()
    budget = Budget(watch, 200)
    for _ in range(340):
        while seconds := take(budget, Claim.OTHER):
            watch.seconds += seconds

    assert watch.seconds == pytest.approx(120.0)


def test_a_share_is_kept_for_orders_and_one_for_cancels() -> None:
    """RS-16: neither reads nor orders that ran wild keep an order from being cancelled."""
    budget = Budget(Watch(), 200)

    claims = (Claim.OTHER, Claim.ORDER, Claim.CANCEL)
    taken = [sum(take(budget, claim) == 0 for _ in range(100)) for claim in claims]

    assert taken == [40, 5, 5]


@pytest.mark.parametrize("claim", Claim)
@pytest.mark.parametrize("limit", [1, 2, 7, 200])
def test_every_claim_is_served_in_the_end(limit: int, claim: Claim) -> None:
    """RS-16: the reserve of a small ration keeps nothing out for good."""
    watch = Watch()
    budget = Budget(watch, limit)
    while not take(budget, Claim.CANCEL):
        continue

    watch.seconds += take(budget, claim)

    assert take(budget, claim) == 0


@pytest.mark.parametrize(
    ("method", "path", "claim"),
    [
        ("DELETE", "/v2/orders/1", Claim.CANCEL),
        ("POST", "/v2/orders", Claim.ORDER),
        ("PATCH", "/v2/orders/1", Claim.ORDER),
        ("GET", "/v2/orders:by_client_order_id", Claim.KNOWLEDGE),
        ("GET", "/v2/account", Claim.KNOWLEDGE),
        ("GET", "/v2/account/activities/FILL", Claim.KNOWLEDGE),
        ("GET", "/v2/positions", Claim.KNOWLEDGE),
        ("GET", "/v2/clock", Claim.KNOWLEDGE),
        ("GET", "/v2/assets", Claim.OTHER),
        ("GET", "/v2/stocks/bars", Claim.OTHER),
    ],
)
def test_what_a_request_is_for(method: str, path: str, claim: Claim) -> None:
    """RS-16: a look at the account ends with the clock, which must not wait behind everything."""
    assert Claim.of(method, path) is claim


def test_who_waits_is_served_in_turn() -> None:
    """RS-16: the better claim first, then whoever came first; who leaves keeps nobody waiting."""
    watch = Watch()
    budget = Budget(watch, 200)
    while not take(budget, Claim.CANCEL):
        continue
    with ExitStack() as lines:
        send, late, look = (
            lines.enter_context(budget.line(claim))
            for claim in (Claim.ORDER, Claim.ORDER, Claim.KNOWLEDGE)
        )
        with budget.line(Claim.CANCEL) as leaves:
            leaves()
        served = list[str]()
        for _ in range(100):
            watch.seconds += 0.4
            asked = {"late": late, "send": send, "look": look}
            served += [name for name, ask in asked.items() if name not in served and not ask()]
            if len(served) == len(asked):
                break

    assert served == ["look", "send", "late"]


def test_whoever_is_behind_is_told_how_long_that_takes() -> None:
    """RS-16: 150 a minute come back, so each in front is 0.4 seconds more."""
    budget = Budget(Watch(), 200)
    while not take(budget, Claim.CANCEL):
        continue

    with budget.line(Claim.CANCEL) as first, budget.line(Claim.CANCEL) as second:
        assert (first(), second()) == pytest.approx((0.4, 0.8))


def test_what_the_broker_calls_exhausted_leaves_the_reserve() -> None:
    budget = Budget(Watch(), 200)
    headers = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "17"}

    budget.told(headers, exhausted=True)

    assert take(budget, Claim.OTHER) > 0
    assert take(budget, Claim.ORDER) == 0
    assert budget.quota() == Quota(limit=200, remaining=0, reset=17)


@pytest.mark.parametrize("text", ["", "NaN", "-1", "1e999", "many", "Infinity"])
def test_a_count_that_is_none_is_not_taken(text: str) -> None:
    budget = Budget(Watch(), 200)

    budget.told({"x-ratelimit-limit": text}, exhausted=False)

    assert budget.quota() == Quota()


def test_an_answer_without_counts_keeps_the_last_ones() -> None:
    budget = Budget(Watch(), 200)

    budget.told({"x-ratelimit-remaining": "7"}, exhausted=False)
    budget.told({}, exhausted=False)

    assert budget.quota().remaining == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"x-ratelimit-reset": "1795790403", "date": "Fri, 27 Nov 2026 14:40:00 GMT"}, 3.0),
        ({"x-ratelimit-reset": "1", "date": "Fri, 27 Nov 2026 14:40:00 GMT"}, 0.0),
        ({"x-ratelimit-reset": "1795790403"}, None),
        ({"x-ratelimit-reset": "1795790403", "date": "yesterday"}, None),
        ({"date": "Fri, 27 Nov 2026 14:40:00 GMT"}, None),
        ({"retry-after": "Fri, 27 Nov 2026 14:40:00 GMT"}, None),
        ({}, None),
    ],
)
def test_how_long_the_broker_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """FAULTS A06: by the broker's own clock."""
    assert wished_wait(headers) == seconds


def test_a_date_beyond_the_calendar_is_none() -> None:
    assert server_time({"date": "Fri, 31 Dec 9999 23:59:59 -2359"}) is None
