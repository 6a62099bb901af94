"""The life of an order: every transition, and every disorder a venue can make of it (OS-13)."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemiser.domain.orders.messages import (
    ExecType,
    ExecutionReport,
    NewOrderSingle,
    OrdStatus,
    Side,
)
from alchemiser.domain.orders.order import TRANSITIONS, Order, Traded, apply
from alchemiser.domain.values.errors import InvalidTransitionError
from alchemiser.domain.values.identifiers import ExecId
from alchemiser.domain.values.numbers import ZERO, cents
from alchemiser.testing.builders import a_bust, a_correction, a_fill, a_report, an_order

ASKED = an_order(quantity="10", price="500")
TABLE = """
                 new              trade            pending_cancel canceled expired rejected
pending_new      new              partially_filled pending_cancel canceled expired rejected
new              new              partially_filled pending_cancel canceled expired rejected
partially_filled partially_filled partially_filled pending_cancel canceled expired -
pending_cancel   pending_cancel   pending_cancel   pending_cancel canceled expired rejected
filled           filled           -                filled         -        -       -
canceled         canceled         canceled         canceled       canceled canceled -
expired          expired          expired          expired        expired  expired -
rejected         rejected         -                rejected       -        -       rejected
"""
"""What follows a report (column) in a state (row); a dash refuses it. Fills are partial ones."""

BACK = (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT)
"""They leave every state as it is; a rejected order has no fill that could be taken back."""

KNOWN = ExecId("venue-7-known")
FILLED_BEFORE = {OrdStatus.PARTIALLY_FILLED: "4", OrdStatus.FILLED: "10"}


def expected() -> dict[tuple[OrdStatus, ExecType], OrdStatus | None]:
    header, *rows = (line.split() for line in TABLE.strip().splitlines())
    return {
        (OrdStatus(row[0]), ExecType(kind)): None if after == "-" else OrdStatus(after)
        for row in rows
        for kind, after in zip(header, row[1:], strict=True)
    } | {
        (status, kind): None if status is OrdStatus.REJECTED else status
        for status, kind in product(OrdStatus, BACK)
    }


def in_state(status: OrdStatus) -> Order:
    cum_qty = Decimal(FILLED_BEFORE.get(status, "0"))
    return Order(
        request=ASKED,
        status=status,
        done=Traded(quantity=cum_qty),
        matched_qty=cum_qty,
        reported_qty=cum_qty,
        fills={KNOWN: Traded(quantity=cum_qty)} if cum_qty else {},
    )


def told(order: Order, kind: ExecType) -> ExecutionReport:
    before = str(order.cum_qty)
    if kind is ExecType.TRADE:
        return a_fill(order.request, "3", "499.70", before="0" if before == "10" else before)
    if kind is ExecType.TRADE_CANCEL:
        return a_bust(order.request, KNOWN)
    if kind is ExecType.TRADE_CORRECT:
        return a_correction(order.request, KNOWN, "2", "499.70")
    return a_report(order.request, kind, cum_qty=before)


def folded(reports: Sequence[ExecutionReport], request: NewOrderSingle = ASKED) -> Order:
    order = Order(request=request)
    for report in reports:
        order = apply(order, report)
    return order


def test_table_is_complete() -> None:
    """OS-13: nothing a venue can say in any state is left to chance."""
    assert set(TRANSITIONS) == set(expected()) == set(product(OrdStatus, ExecType))
    assert len(TRANSITIONS) == 64


@pytest.mark.parametrize(("status", "kind"), [*product(OrdStatus, ExecType)])
def test_report_leads_where_the_table_says(status: OrdStatus, kind: ExecType) -> None:
    """OS-13, and FAULTS invariant 3: a terminal state stays."""
    order, after = in_state(status), expected()[status, kind]

    if after is None:
        with pytest.raises(InvalidTransitionError, match=f"is {status}: a report of {kind} cannot"):
            apply(order, told(order, kind))
    else:
        assert apply(order, told(order, kind)).status is after
        assert not status.is_terminal() or after is status


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OrdStatus.PENDING_NEW, OrdStatus.FILLED),
        (OrdStatus.NEW, OrdStatus.FILLED),
        (OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED),
        (OrdStatus.PENDING_CANCEL, OrdStatus.FILLED),
        (OrdStatus.CANCELED, OrdStatus.CANCELED),
        (OrdStatus.EXPIRED, OrdStatus.EXPIRED),
    ],
)
def test_fill_of_all_that_is_left_ends_a_working_order(before: OrdStatus, after: OrdStatus) -> None:
    """A20: a fill that crossed the cancel counts; the order stays canceled, with its fills."""
    order = in_state(before)
    rest = str(10 - order.cum_qty)

    ended = apply(order, a_fill(ASKED, rest, before=str(order.cum_qty)))

    assert ended.status is after
    assert ended.cum_qty == 10
    assert ended.is_done()


def test_fresh_order_is_pending_and_wholly_open() -> None:
    order = Order(request=ASKED)

    assert order.status is OrdStatus.PENDING_NEW
    assert order.cum_qty == 0
    assert order.leaves_qty() == 10
    assert order.avg_px() is None
    assert not order.is_done()


def test_fills_add_up_in_quantity_money_and_fees() -> None:
    """OS-13: the average is weighted by shares."""
    order = folded([
        a_report(ASKED, ExecType.NEW),
        a_fill(ASKED, "3", "499.70", commission="0.02"),
        a_fill(ASKED, "4.5", "499.90", before="3", commission="0.05"),
    ])

    assert (order.cum_qty, order.leaves_qty()) == (Decimal("7.5"), Decimal("2.5"))
    assert order.done.notional == Decimal("3748.65")
    assert order.done.commission == Decimal("0.07")
    assert order.avg_px() == Decimal("499.82")


def test_terminal_order_has_nothing_open() -> None:
    canceled = folded([a_fill(ASKED, "3"), a_report(ASKED, ExecType.CANCELED, cum_qty="3")])

    assert canceled.leaves_qty() == 0
    assert canceled.is_done()


def test_terminal_order_is_not_done_while_a_named_fill_is_missing() -> None:
    """B05: the venue counts more than it has told; the books must wait for the rest."""
    order = folded([a_fill(ASKED, "3"), a_report(ASKED, ExecType.CANCELED, cum_qty="7")])
    assert order.lacks_fills()
    assert not order.is_done()

    order = apply(order, a_fill(ASKED, "4", before="3"))

    assert not order.lacks_fills()
    assert order.is_done()


def test_same_report_again_changes_nothing() -> None:
    """B01."""
    once = folded([a_fill(ASKED, "3")])

    assert apply(once, a_fill(ASKED, "3")) is once


def test_busted_fill_counts_no_longer_and_does_not_fill_again() -> None:
    """B14: only an explicit record may make the filled quantity fall."""
    filled = folded([a_fill(ASKED, "4", exec_id="x"), a_fill(ASKED, "6", before="4")])

    busted = apply(filled, a_bust(ASKED, "x"))

    assert (filled.status, busted.status) == (OrdStatus.FILLED, OrdStatus.FILLED)
    assert [busted.cum_qty, busted.leaves_qty()] == [6, 0]
    assert busted.done.notional == 2997
    assert busted.is_done()
    assert apply(busted, a_bust(ASKED, "x", exec_id="again")).done == busted.done


@pytest.mark.parametrize("end", [ExecType.CANCELED, ExecType.EXPIRED])
def test_venue_may_end_an_order_of_which_it_has_taken_a_fill_back(end: ExecType) -> None:
    """A busted share does not fill again: what was filled whole is over, and so the venue says.

    The bust may be heard before, or not yet: then the end tells of fewer shares than have filled.
    """
    fills = [a_fill(ASKED, "6", exec_id="x"), a_fill(ASKED, "4", before="6")]
    bust, ended = a_bust(ASKED, "x"), a_report(ASKED, end, cum_qty="4")

    orders = [folded([*fills, bust, ended]), folded([*fills, ended, bust])]

    assert [(one.status, one.cum_qty) for one in orders] == [(OrdStatus.FILLED, Decimal(4))] * 2
    assert all(one.is_done() for one in orders)
    assert folded([bust, *fills, a_report(ASKED, end)]).status is OrdStatus.FILLED


def test_venue_may_fill_again_what_it_took_back_of_a_whole_order() -> None:
    """B14: FIX lets an order live on after a trade cancel, with the busted shares to fill."""
    fills = [a_fill(ASKED, "6", exec_id="x"), a_fill(ASKED, "4", before="6")]
    again = a_fill(ASKED, "6", "498", before="4", exec_id="z")

    order = folded([*fills, a_bust(ASKED, "x"), again])

    assert (order.status, order.cum_qty, order.is_done()) == (OrdStatus.FILLED, Decimal(10), True)
    assert order.done.notional == 6 * 498 + 4 * Decimal("499.50")
    assert apply(order, again) is order


def test_venue_may_fill_again_what_it_took_back_of_an_order_that_works() -> None:
    """B14: seven of ten shares show that the six that were taken back can fill again."""
    before = [a_fill(ASKED, "6", exec_id="x"), a_bust(ASKED, "x")]

    working = folded([*before, a_fill(ASKED, "7", exec_id="y")])
    filled = apply(working, a_fill(ASKED, "3", before="7", exec_id="z"))

    assert (working.status, working.leaves_qty()) == (OrdStatus.PARTIALLY_FILLED, Decimal(3))
    assert (filled.status, filled.cum_qty, filled.is_done()) == (
        OrdStatus.FILLED,
        Decimal(10),
        True,
    )


@pytest.mark.parametrize("name", ["bust-of-x", "x"])
def test_correction_brings_a_busted_fill_back(name: str) -> None:
    """B14: whether it names the bust or the fill."""
    order = folded([a_fill(ASKED, "10", exec_id="x"), a_bust(ASKED, "x")])

    back = apply(order, a_correction(ASKED, name, "10", "499.40"))

    assert (back.status, back.cum_qty) == (OrdStatus.FILLED, Decimal(10))
    assert back.avg_px() == Decimal("499.40")


def test_no_more_fills_again_than_was_taken_back() -> None:
    """FAULTS invariant 2."""
    fills = [a_fill(ASKED, "6", exec_id="x"), a_fill(ASKED, "4", before="6")]
    order = folded([*fills, a_bust(ASKED, "x")])

    with pytest.raises(InvalidTransitionError, match="overfill"):
        apply(order, a_fill(ASKED, "6.000000001", before="3", exec_id="z"))
    with pytest.raises(InvalidTransitionError, match="cannot follow"):
        apply(folded(fills), a_fill(ASKED, "1", exec_id="z"))


def test_venue_may_not_end_an_order_that_it_says_is_filled() -> None:
    filled = folded([a_fill(ASKED, "10")])

    with pytest.raises(InvalidTransitionError, match="cannot follow"):
        apply(filled, a_report(ASKED, ExecType.CANCELED, cum_qty="10"))


def test_corrected_fill_counts_as_corrected_and_may_be_corrected_again() -> None:
    """B14."""
    filled = folded([a_fill(ASKED, "10", "499.50", commission="0.05", exec_id="x")])

    once = apply(filled, a_correction(ASKED, "x", "9", "499.40", exec_id="y"))
    twice = apply(once, a_correction(ASKED, "y", "8", "499.30", commission="0.01"))

    assert [once.cum_qty, once.avg_px()] == [9, Decimal("499.40")]
    assert twice.done == Traded(
        quantity=Decimal(8),
        notional=Decimal("3994.4"),
        cash=Decimal("3994.40"),
        commission=Decimal("0.01"),
    )


def test_correction_to_more_than_was_ordered_is_refused() -> None:
    """FAULTS invariant 2."""
    filled = folded([a_fill(ASKED, "10", exec_id="x")])

    with pytest.raises(InvalidTransitionError, match="overfill"):
        apply(filled, a_correction(ASKED, "x", "10.5", "499.40"))


def test_equal_fill_under_another_id_counts() -> None:
    twice = folded([a_fill(ASKED, "3"), a_fill(ASKED, "3", exec_id="venue-7-other")])

    assert twice.cum_qty == 6


@pytest.mark.parametrize(
    "reports",
    [
        [a_fill(ASKED, "6"), a_fill(ASKED, "4.000000001", "499.50", exec_id="x")],
        [a_report(ASKED, ExecType.CANCELED), a_fill(ASKED, "6"), a_fill(ASKED, "5", exec_id="x")],
        [a_report(ASKED, ExecType.NEW, cum_qty="10.000000001")],
        [a_report(ASKED, ExecType.CANCELED, cum_qty="11")],
    ],
    ids=["fills", "fills after the cancel", "count of a report", "count of the end"],
)
def test_more_than_was_ordered_is_refused(reports: list[ExecutionReport]) -> None:
    """FAULTS invariant 2: 0 <= cumulative fill <= order quantity."""
    with pytest.raises(InvalidTransitionError, match="overfill"):
        folded(reports)


@pytest.mark.parametrize(
    "reports",
    [
        [a_fill(ASKED, "4"), a_report(ASKED, ExecType.PENDING_CANCEL, cum_qty="4")],
        [a_report(ASKED, ExecType.PENDING_CANCEL), a_fill(ASKED, "4")],
    ],
    ids=["fill first", "cancel first"],
)
def test_order_with_fills_is_never_rejected(reports: list[ExecutionReport]) -> None:
    """A rejected order takes no fill, so an order with fills takes no rejection, on any path."""
    order = folded(reports)

    with pytest.raises(InvalidTransitionError, match="a report of rejected cannot follow"):
        apply(order, a_report(ASKED, ExecType.REJECTED))


@pytest.mark.parametrize(
    "other",
    [
        an_order(attempt=2),
        NewOrderSingle(
            cl_ord_id=ASKED.cl_ord_id,
            symbol=an_order("AGG").symbol,
            side=Side.BUY,
            order_qty=Decimal(10),
            price=Decimal(500),
        ),
        NewOrderSingle(
            cl_ord_id=ASKED.cl_ord_id,
            symbol=ASKED.symbol,
            side=Side.SELL,
            order_qty=Decimal(10),
            price=Decimal(500),
        ),
        NewOrderSingle(
            cl_ord_id=ASKED.cl_ord_id,
            symbol=ASKED.symbol,
            side=Side.BUY,
            order_qty=Decimal(11),
            price=Decimal(500),
        ),
    ],
    ids=["name", "symbol", "side", "quantity"],
)
@pytest.mark.parametrize("kind", ExecType)
def test_report_on_another_order_is_refused(other: NewOrderSingle, kind: ExecType) -> None:
    """B12: never book what is not ours, not even from a repeated report id."""
    foreign = told(Order(request=other), kind)

    with pytest.raises(InvalidTransitionError, match="tells of"):
        apply(Order(request=ASKED), foreign)
    with pytest.raises(InvalidTransitionError, match="tells of"):
        apply(Order(request=ASKED, exec_ids=frozenset({foreign.exec_id})), foreign)


ENDS = [None, ExecType.CANCELED, ExecType.EXPIRED]


@st.composite
def second_thoughts(draw: st.DrawFn, fill: ExecutionReport) -> list[ExecutionReport]:
    """Return how the venue takes back a fill, corrects it, or takes its correction back."""
    kind = draw(st.sampled_from(["stands", "stands", "busted", "corrected", "corrected, busted"]))
    if kind == "stands":
        return []
    if kind == "busted":
        return [a_bust(ASKED, fill.exec_id)]
    quantity = str(draw(st.sampled_from([fill.last_qty, Decimal("1e-9")])))
    correction = a_correction(ASKED, fill.exec_id, quantity, "499.10", commission="0.02")
    return [correction, *([a_bust(ASKED, correction.exec_id)] if "busted" in kind else [])]


@st.composite
def stories(draw: st.DrawFn) -> list[ExecutionReport]:
    """Return all that a venue may truly say of one order, in the order in which it happened."""
    quantity = Decimal(10)
    cuts = draw(st.lists(st.integers(1, 10**10 - 1), max_size=5, unique=True))
    edges = [Decimal(0), *(Decimal(cut).scaleb(-9) for cut in sorted(cuts)), quantity]
    sizes = [high - low for low, high in pairwise(edges)]
    told_fills = draw(st.integers(0, len(sizes)))
    reports, before = [a_report(ASKED, ExecType.NEW)], Decimal(0)
    for number, size in enumerate(sizes[:told_fills]):
        price = str(draw(st.decimals("490.01", "500", places=4)))
        fee = str(draw(st.sampled_from(["0", "0.01", "0.37"])))
        reports.append(
            a_fill(
                ASKED,
                str(size),
                price,
                before=str(before),
                commission=fee,
                exec_id=f"venue-7-{number}",
            )
        )
        before += size
    if draw(st.booleans()):
        place = draw(st.integers(1, len(reports)))
        known = str(reports[place - 1].cum_qty)
        reports.insert(place, a_report(ASKED, ExecType.PENDING_CANCEL, cum_qty=known))
    for fill in [report for report in reports if report.exec_type is ExecType.TRADE]:
        reports += draw(second_thoughts(fill))
    if before < quantity:
        end = draw(st.sampled_from([*ENDS, ExecType.REJECTED] if not before else ENDS))
        if end is not None:
            reports.append(a_report(ASKED, end, cum_qty=str(before)))
    return reports


def status_of(story: Sequence[ExecutionReport]) -> OrdStatus:
    """Say how a story ends, by the precedence of FIX: the end, the cancel, the fills, the rest."""
    kinds = {report.exec_type for report in story}
    for kind in (ExecType.CANCELED, ExecType.EXPIRED, ExecType.REJECTED):
        if kind in kinds:
            return OrdStatus(kind.value)
    filled = sum(report.last_qty for report in story if report.exec_type is ExecType.TRADE)
    if filled == ASKED.order_qty:
        return OrdStatus.FILLED
    if ExecType.PENDING_CANCEL in kinds:
        return OrdStatus.PENDING_CANCEL
    return OrdStatus.PARTIALLY_FILLED if filled else OrdStatus.NEW


@given(data=st.data(), story=stories())
def test_any_disorder_and_repetition_tells_the_same_story(
    data: st.DataObject, story: list[ExecutionReport]
) -> None:
    """OS-13, B01, B02, FAULTS invariants 2 and 3."""
    again = data.draw(st.lists(st.sampled_from(story), max_size=4))
    reports = data.draw(st.permutations([*story, *again]))

    order = Order(request=ASKED)
    for report in reports:
        after = apply(order, report)
        assert 0 <= after.cum_qty <= ASKED.order_qty
        assert order.cum_qty <= after.cum_qty or report.exec_ref_id
        assert order.matched_qty <= after.matched_qty
        assert not order.status.is_terminal() or after.status is order.status
        assert after.leaves_qty() in (0, ASKED.order_qty - after.matched_qty)
        order = after

    void = {report.exec_ref_id for report in story}
    fills = [report for report in story if report.last_qty and report.exec_id not in void]
    assert order == folded(story)
    assert order.status is status_of(story)
    assert order.done == Traded(
        quantity=sum((fill.last_qty for fill in fills), ZERO),
        notional=sum((fill.last_qty * fill.last_px for fill in fills), ZERO),
        cash=sum((cents(fill.last_qty * fill.last_px) for fill in fills), ZERO),
        commission=sum((fill.commission for fill in fills), ZERO),
    )
    assert order.is_done() is order.status.is_terminal()
