"""Losses are measured on the value of a unit, which deposits do not move (RC-07, DESIGN §3)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.risk.track import KEPT, LOOK_BACK_MAX, Track
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.numbers import plain

MON = date(2024, 8, 5)
TUE, WED, THU, FRI = (MON + timedelta(days=n) for n in range(1, 5))


def d(text: str) -> Decimal:
    return Decimal(text)


def a_track(*equities: str) -> Track:
    """Return a track of 100 dollars at first that closed at `equities`, from Monday on."""
    track = Track()
    track.flow(d("100"))
    for n, equity in enumerate(equities):
        track.observe(MON + timedelta(days=n), d(equity))
    return track


def figures(track: Track) -> tuple[str, str, str]:
    """Return units, value and peak."""
    return plain(track.units), plain(track.value), plain(track.peak)


def test_new_track_has_no_units_and_starts_at_one() -> None:
    assert Track() == Track(units=d("0"), value=d("1"), peak=d("1"), closes=[])


def test_tracks_do_not_share_their_closes() -> None:
    a_track("90")

    assert Track().closes == []


def test_first_deposit_buys_units_at_one() -> None:
    track = Track()
    track.flow(d("250"))

    assert figures(track) == ("250", "1", "1")


def test_deposits_and_withdrawals_trade_units_at_the_last_value() -> None:
    track = a_track("125")

    track.flow(d("50"))
    assert figures(track) == ("140", "1.25", "1.25")
    track.flow(d("-25"))
    assert figures(track) == ("120", "1.25", "1.25")


def test_no_flow_counts_as_gain_or_loss() -> None:
    """RC-07."""
    track = a_track("90")
    track.flow(d("900"))
    track.observe(TUE, d("990"))

    assert figures(track) == ("1100", "0.9", "1")
    assert track.drawdown(d("990")) == d("0.1")
    assert track.day_loss(TUE, d("990")) == 0


def test_redeeming_everything_leaves_no_units_and_the_value() -> None:
    track = a_track("125")
    track.flow(d("-125"))

    assert figures(track) == ("0", "1.25", "1.25")


def test_redeeming_everything_leaves_no_units_where_their_value_is_rounded() -> None:
    """RC-07: 200 over 300 units is no Decimal; what is left of them would be worth nothing."""
    track = Track()
    track.flow(d("300"))
    track.observe(MON, d("200"))
    track.flow(d("-200"))

    assert track.units == 0
    assert track.drawdown(d("0")) is None


def test_redeeming_all_but_a_cent_leaves_that_cent() -> None:
    track = a_track("100")
    track.flow(d("-99.99"))

    assert track.units == d("0.01")


def test_redeeming_more_than_there_is_leaves_no_units() -> None:
    track = a_track("100")
    track.flow(d("-100.01"))

    assert track.units == 0


def test_track_goes_on_at_its_last_value_after_everything_was_redeemed() -> None:
    track = a_track("125")
    track.flow(d("-125"))
    track.flow(d("250"))

    assert figures(track) == ("200", "1.25", "1.25")


def test_deposit_to_units_that_are_worth_nothing_starts_anew() -> None:
    track = a_track("120", "0")
    track.flow(d("0.01"))

    assert track == Track(units=d("0.01"), value=d("1"), peak=d("1"), closes=[])


@pytest.mark.parametrize("amount", ["0", "-0.01"])
def test_nothing_can_be_redeemed_from_units_that_are_worth_nothing(amount: str) -> None:
    track = a_track("120", "0")
    before = track.copy()
    track.flow(d(amount))

    assert track == before
    assert track.drawdown(d("0")) == 1


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_flow_must_be_a_number(amount: str) -> None:
    with pytest.raises(
        InvalidValueError, match=rf"^a deposit or withdrawal must be a finite number, not {amount}"
    ):
        Track().flow(d(amount))


def test_observation_sets_the_value_and_raises_the_peak() -> None:
    track = a_track("130")

    assert figures(track) == ("100", "1.3", "1.3")
    track.observe(TUE, d("110"))
    assert figures(track) == ("100", "1.1", "1.3")


def test_close_of_a_session_is_its_last_observation() -> None:
    track = a_track("130", "110")
    track.observe(TUE, d("120"))

    assert track.closes == [(MON, d("1.3")), (TUE, d("1.2"))]


def test_observation_without_units_changes_nothing() -> None:
    track = Track()
    track.observe(MON, d("100"))

    assert track == Track()


def test_equity_below_zero_is_worth_nothing() -> None:
    track = a_track("-5")

    assert figures(track) == ("100", "0", "1")
    assert track.closes == [(MON, d("0"))]


def test_sessions_are_observed_in_order() -> None:
    track = a_track("100", "100", "100")
    before = track.copy()

    with pytest.raises(InvalidValueError) as caught:
        track.observe(TUE, d("90"))
    assert str(caught.value) == (
        "2024-08-06 is over: observe sessions in order, from 2024-08-07 on."
    )
    assert track == before


@pytest.mark.parametrize("equity", ["NaN", "Infinity"])
def test_equity_must_be_a_number(equity: str) -> None:
    with pytest.raises(
        InvalidValueError, match=rf"^equity must be a finite number, not {equity}\.$"
    ):
        a_track().observe(MON, d(equity))


def test_closes_are_kept_for_a_bounded_number_of_sessions() -> None:
    track = a_track(*(str(n) for n in range(100, 100 + KEPT)))
    assert (KEPT, LOOK_BACK_MAX) == (64, 63)
    assert len(track.closes) == KEPT

    track.observe(MON + timedelta(days=KEPT), d("200"))

    assert len(track.closes) == KEPT
    assert track.closes[0] == (TUE, d("1.01"))
    assert track.closes[-1] == (MON + timedelta(days=KEPT), d("2"))


def test_longest_look_back_finds_its_close_also_in_an_observed_session() -> None:
    track = a_track(*("100" for _ in range(KEPT)))
    last = MON + timedelta(days=KEPT - 1)

    assert track.loss_over(last, d("60"), LOOK_BACK_MAX) == d("0.4")
    assert track.loss_over(last, d("60"), LOOK_BACK_MAX + 1) is None


@pytest.mark.parametrize(
    ("equity", "fraction"),
    [("120.01", "0"), ("120", "0"), ("119.88", "0.001"), ("90", "0.25"), ("0", "1"), ("-1", "1")],
)
def test_drawdown_is_measured_from_the_peak(equity: str, fraction: str) -> None:
    """RC-07, RC-08."""
    track = a_track("120", "100")

    assert track.drawdown(d(equity)) == d(fraction)
    assert track.peak == d("1.2")


@pytest.mark.parametrize(
    ("equity", "fraction"),
    [("80.01", "0"), ("80", "0"), ("79.92", "0.001"), ("60", "0.25"), ("0", "1"), ("-1", "1")],
)
def test_day_s_loss_is_measured_from_the_last_close_before_it(equity: str, fraction: str) -> None:
    """RC-06."""
    assert a_track("120", "80").day_loss(WED, d(equity)) == d(fraction)
    assert a_track("120", "80", "50").day_loss(WED, d(equity)) == d(fraction)
    assert a_track("120", "80").day_loss(FRI, d(equity)) == d(fraction)


def test_day_has_no_loss_before_there_is_an_earlier_close() -> None:
    assert a_track().day_loss(MON, d("1")) is None
    assert a_track("100").day_loss(MON, d("1")) is None
    assert a_track("100").day_loss(TUE, d("1")) == d("0.99")


@pytest.mark.parametrize(
    ("sessions", "fraction"), [(1, "0"), (2, "0.375"), (3, "0.5"), (4, None), (5, None)]
)
def test_loss_over_sessions_is_measured_from_the_close_that_long_ago(
    sessions: int, fraction: str | None
) -> None:
    """RC-15."""
    expected = None if fraction is None else d(fraction)

    assert a_track("100", "80", "50").loss_over(THU, d("50"), sessions) == expected
    assert a_track("100", "80", "50", "40").loss_over(THU, d("50"), sessions) == expected


def test_loss_over_no_session_is_refused() -> None:
    with pytest.raises(InvalidValueError) as caught:
        a_track("100").loss_over(TUE, d("90"), 0)

    assert str(caught.value) == "sessions must be one or more to look back, not 0."


@pytest.mark.parametrize(
    ("closes", "equity", "streak"),
    [
        ((), "1", 0),
        (("100",), "100", 0),
        (("100",), "101", 0),
        (("100",), "99", 1),
        (("101", "100"), "99", 2),
        (("100", "101", "100"), "99", 2),
        (("100", "100"), "99", 1),
        (("102", "101", "100"), "100", 0),
        (("102", "101", "100"), "99", 3),
        (("0",), "0", 1),
    ],
)
def test_losing_sessions_are_counted_back_to_the_last_that_did_not_lose(
    closes: tuple[str, ...], equity: str, streak: int
) -> None:
    """RC-15."""
    session = MON + timedelta(days=len(closes))
    track = a_track(*closes)

    assert track.losing_sessions(session, d(equity)) == streak
    track.observe(session, d("50"))
    assert track.losing_sessions(session, d(equity)) == streak


def test_nothing_is_measured_without_units() -> None:
    track = a_track("100", "90")
    track.flow(d("-90"))

    assert track.drawdown(d("1")) is None
    assert track.day_loss(WED, d("1")) is None
    assert track.loss_over(WED, d("1"), 1) is None
    assert track.losing_sessions(WED, d("1")) == 0


def test_rebase_accepts_the_losses_so_far() -> None:
    """RC-08: what an owner has accepted does not stop trading again; a further loss does."""
    track = a_track("120", "70", "80", "75")
    track.rebase()

    assert figures(track) == ("100", "0.75", "0.75")
    assert track.closes == [
        (MON, d("0.75")),
        (TUE, d("0.7")),
        (WED, d("0.75")),
        (THU, d("0.75")),
    ]
    assert track.drawdown(d("75")) == 0
    assert track.loss_over(FRI, d("75"), 4) == 0
    assert track.drawdown(d("60")) == d("0.2")
    assert track.loss_over(FRI, d("60"), 4) == d("0.2")


def test_rebase_of_what_is_worth_nothing_hides_no_loss() -> None:
    track = a_track("0")
    track.rebase()

    assert track.drawdown(d("0")) == 1
    assert track.drawdown(d("1")) == 0


def test_copy_has_the_same_past_and_a_future_of_its_own() -> None:
    track = a_track("120", "80")
    other = track.copy()
    assert other == track

    other.closes.clear()
    other.flow(d("8"))

    assert track == a_track("120", "80")


def test_rounding_of_units_hides_no_loss_and_makes_none() -> None:
    """A third of a unit is rounded; the loss is still exactly five per cent, or none."""
    track = a_track("300")
    track.flow(d("100"))
    track.observe(TUE, d("400"))

    assert track.units == d("133.3333333333333333333333333")
    assert track.drawdown(d("400")) == track.day_loss(WED, d("400")) == 0
    assert track.losing_sessions(WED, d("400")) == 0
    assert track.drawdown(d("380")) == track.day_loss(WED, d("380")) == d("0.05")


@pytest.mark.parametrize(
    ("equity", "fraction"),
    [
        ("99.99999995", "0"),  # 0.0000000005, to the even neighbour
        ("99.99999994", "0.000000001"),  # 0.0000000006
        ("99.99999985", "0.000000002"),  # 0.0000000015, to the even neighbour
        ("99.99999996", "0"),  # 0.0000000004
        ("99.99999976", "0.000000002"),  # 0.0000000024
    ],
)
def test_losses_are_rounded_half_to_even_to_a_billionth(equity: str, fraction: str) -> None:
    assert a_track("100").drawdown(d(equity)) == d(fraction)


EQUITIES = st.lists(st.integers(min_value=1, max_value=10**7), min_size=1, max_size=12)


@given(equities=EQUITIES, flows=st.lists(st.integers(min_value=0, max_value=10**7), max_size=12))
def test_deposits_change_no_loss(equities: list[int], flows: list[int]) -> None:
    """RC-07: whoever deposits after each close sees the losses of one who never did."""
    quiet, busy = Track(), Track()
    quiet.flow(Decimal(100))
    busy.flow(Decimal(100))
    for n, equity in enumerate(equities):
        day = MON + timedelta(days=n)
        quiet.observe(day, Decimal(equity))
        own = Decimal(equity) * busy.units / quiet.units
        busy.observe(day, own)
        assert busy.drawdown(own) == quiet.drawdown(Decimal(equity))
        assert busy.day_loss(day, own) == quiet.day_loss(day, Decimal(equity))
        if n < len(flows):
            busy.flow(Decimal(flows[n]))


@given(equities=EQUITIES)
def test_losses_are_fractions_and_the_drawdown_is_never_the_smaller(equities: list[int]) -> None:
    track = Track()
    track.flow(Decimal(100))
    for n, equity in enumerate(equities):
        day = MON + timedelta(days=n)
        fall, loss = track.drawdown(Decimal(equity)), track.day_loss(day, Decimal(equity))
        assert fall is not None
        assert 0 <= (loss or 0) <= fall <= 1
        track.observe(day, Decimal(equity))
