"""What the broker tells becomes records once, in an order that keeps every sum right."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

from alchemiser.domain.books.accruals import Accrual
from alchemiser.domain.books.ledger import Books, PostingKind, post, total_cash
from alchemiser.domain.journal.account_records import (
    AccountRecord,
    ActivityBooked,
    BreakAdopted,
    DividendAccrued,
    DividendGivenUp,
)
from alchemiser.domain.journal.accounting import Accounting
from alchemiser.domain.journal.news import first_news, news
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.identifiers import ACCRUALS, HOUSE, BookId, Symbol
from alchemiser.testing.builders import a_book

SPY = Symbol("SPY")
KLM, TECL = BookId("klm"), BookId("tecl")
DAY = date(2024, 8, 5)
LATER = DAY + timedelta(days=20)


def d(text: str) -> Decimal:
    return Decimal(text)


def told(name: str, kind: ActivityKind, day: date = DAY, **more: object) -> Activity:
    return Activity(activity_id=name, kind=kind, day=day, **more)  # type: ignore[arg-type]


class Account:
    """Take news in as the fold does."""

    def __init__(self) -> None:
        self.accounting = Accounting(opened=True)
        self.books: Books = {
            HOUSE: a_book("100", {}),
            KLM: a_book("0", {"SPY": "10"}),
            TECL: a_book("0", {"SPY": "30"}),
        }

    def hear(
        self,
        *activities: Activity,
        actions: Sequence[CorporateAction] = (),
        day: date = DAY,
    ) -> list[type[AccountRecord]]:
        """Return the kinds of the records, which are applied."""
        before = deepcopy((self.accounting, self.books))
        records, books = news(self.accounting, self.books, activities, actions, day)
        assert (self.accounting, self.books) == before
        for record in records:
            post(self.books, self.accounting.apply(record))
        assert books == self.books
        return [type(record) for record in records]


def test_same_activity_told_again_is_booked_once() -> None:
    """OS-13."""
    account = Account()
    deposit = told("1", ActivityKind.TRANSFER, cash=d("5.00"))

    assert account.hear(deposit, deposit) == [ActivityBooked]
    assert account.hear(deposit) == []
    assert account.books[HOUSE].cash == d("105.00")


def test_what_had_happened_before_the_books_were_opened_is_in_them_already() -> None:
    account = Account()
    deposit = told("1", ActivityKind.TRANSFER, cash=d("5.00"))

    account.accounting.apply(first_news([deposit]))

    assert account.hear(deposit) == []


def test_dividend_counts_from_its_ex_day_and_the_sum_is_the_brokers_all_along() -> None:
    account = Account()
    action = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"), pay_day=LATER)

    assert account.hear(actions=[action]) == [DividendAccrued]
    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [
        d("5"),
        d("15"),
        d("-20"),
    ]
    assert total_cash(account.books) == 100

    paid = told("1", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("20.00"))
    assert account.hear(paid, actions=[action], day=LATER) == [ActivityBooked]
    assert account.books[ACCRUALS].cash == 0
    assert total_cash(account.books) == 120
    assert not account.accounting.accruals


def test_less_than_expected_is_borne_by_those_who_expected_it() -> None:
    """Tax that is withheld at the source."""
    account = Account()
    account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))])

    account.hear(told("1", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("17.00")), day=LATER)

    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [
        d("4.25"),
        d("12.75"),
        d("0"),
    ]


def test_dividend_that_is_taken_back_does_not_settle_the_next_one_that_is_owed() -> None:
    """OS-13: the first is paid and the second owed when the broker busts the first."""
    account = Account()
    first = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("2"))
    second = CorporateAction(symbol=SPY, ex_day=LATER, dividend=d("3"))
    account.hear(actions=[first])
    account.hear(told("1", ActivityKind.DIVIDEND, DAY, symbol=SPY, cash=d("80")))
    account.hear(actions=[second], day=LATER)
    owed = account.books[ACCRUALS].cash

    account.hear(told("2", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("-80")), day=LATER)

    assert account.books[ACCRUALS].cash == owed == -120
    assert [account.books[name].cash for name in (KLM, TECL)] == [30, 90]
    account.hear(told("3", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("120")), day=LATER)
    assert account.books[ACCRUALS].cash == 0
    assert [account.books[name].cash for name in (KLM, TECL)] == [30, 90]


def test_dividend_taken_back_on_an_ex_day_hides_no_dividend_of_that_day() -> None:
    account = Account()
    account.hear(told("1", ActivityKind.DIVIDEND, DAY, symbol=SPY, cash=d("-80")))

    assert account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("2"))]) == [
        DividendAccrued
    ]


def test_dividend_that_is_not_paid_is_given_up_after_sixty_days() -> None:
    account = Account()
    account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))])

    assert account.hear(day=DAY + timedelta(days=60)) == []
    assert account.hear(day=DAY + timedelta(days=61)) == [DividendGivenUp]
    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [0, 0, 0]


def test_dividend_that_was_paid_at_once_is_not_counted_a_second_time() -> None:
    """The account was compared between the ex-day's opening and its decision."""
    account = Account()
    account.hear(told("1", ActivityKind.DIVIDEND, symbol=SPY, cash=d("20.00")))

    assert account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))]) == []
    assert total_cash(account.books) == 120


def test_split_comes_before_the_dividend_of_its_day_and_before_trades() -> None:
    account = Account()
    action = CorporateAction(symbol=SPY, ex_day=DAY, split=d("2"), dividend=d("0.25"))

    kinds = account.hear(
        told("1", ActivityKind.TRADE, symbol=SPY, quantity=d("-20"), cash=d("100.00")),
        told("2", ActivityKind.SPLIT, symbol=SPY, quantity=d("40")),
        actions=[action],
    )

    assert kinds == [ActivityBooked, DividendAccrued, ActivityBooked]
    assert account.books[ACCRUALS].cash == -20
    assert account.books[TECL].positions[SPY] == 45


def test_split_with_dollars_sells_the_fraction_by_the_ratio_of_its_announcement() -> None:
    """4 for 25 of 40 shares: 6.4 are due, 6 are given, two fifths of a share are sold."""
    account = Account()
    action = CorporateAction(symbol=SPY, ex_day=DAY, split=d("0.16"))
    row = told("1", ActivityKind.SPLIT, symbol=SPY, quantity=d("-34"), cash=d("4.00"))

    (booked,), _ = news(account.accounting, account.books, [row], [action], DAY)

    assert isinstance(booked, ActivityBooked)
    assert [(one.book, one.kind, one.quantity, one.cash) for one in booked.postings] == [
        (KLM, PostingKind.SPLIT, d("-8.4"), 0),
        (TECL, PostingKind.SPLIT, d("-25.2"), 0),
        (KLM, PostingKind.REORGANISATION, d("-0.1"), d("1.00")),
        (TECL, PostingKind.REORGANISATION, d("-0.3"), d("3.00")),
    ]


def test_two_dividends_owed_are_paid_in_the_order_of_their_ex_days() -> None:
    account = Account()
    first = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))
    second = CorporateAction(symbol=SPY, ex_day=LATER, dividend=d("1"))
    account.hear(actions=[first, second], day=LATER)

    account.hear(told("1", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("20.00")), day=LATER)

    assert list(account.accounting.accruals) == [(SPY, LATER)]
    assert account.books[ACCRUALS].cash == -40


def test_capital_paid_back_settles_the_dividend_that_was_counted() -> None:
    account = Account()
    account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))])

    paid = told("1", ActivityKind.RETURN_OF_CAPITAL, LATER, symbol=SPY, cash=d("20.00"))
    account.hear(paid, day=LATER)

    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [5, 15, 0]
    assert not account.accounting.accruals
    assert total_cash(account.books) == 120


def test_payment_told_in_parts_is_that_of_those_who_expected_it() -> None:
    """Income, capital and tax withheld are rows of their own; who holds the share now is not asked.

    The next dividend is owed meanwhile, and no part of the first payment settles it.
    """
    account = Account()
    first = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))
    second = CorporateAction(symbol=SPY, ex_day=LATER, dividend=d("1"))
    account.hear(actions=[first])
    account.hear(
        told("1", ActivityKind.TRADE, symbol=SPY, quantity=d("-20"), cash=d("2000.00")),
        actions=[second],
        day=LATER,
    )
    before = {name: book.cash for name, book in account.books.items()}

    account.hear(
        told("5", ActivityKind.FEE, LATER, symbol=SPY, cash=d("-2.00")),
        told("2", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("12.00")),
        told("3", ActivityKind.RETURN_OF_CAPITAL, LATER, symbol=SPY, cash=d("8.00")),
        day=LATER,
    )

    assert list(account.accounting.accruals) == [(SPY, LATER)]
    assert account.books[HOUSE].cash == before[HOUSE]
    changes = [account.books[name].cash - before[name] for name in (KLM, TECL, ACCRUALS)]
    assert changes == [d("-0.50"), d("-1.50"), d("20.00")]


def test_payment_settles_the_dividend_of_just_that_sum() -> None:
    """A special dividend is paid on the day of the regular one, and told first."""
    account = Account()
    regular = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))
    special = CorporateAction(symbol=SPY, ex_day=LATER, dividend=d("3"))
    account.hear(actions=[regular, special], day=LATER)

    account.hear(told("1", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("120.00")), day=LATER)
    assert list(account.accounting.accruals) == [(SPY, DAY)]

    account.hear(told("2", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("20.00")), day=LATER)
    assert account.books[ACCRUALS].cash == 0
    assert not account.accounting.accruals


def test_activity_that_the_broker_takes_back_is_undone_once() -> None:
    """A deposit that bounces; what was in the account before its books is undone as well."""
    account = Account()
    deposit = told("1", ActivityKind.TRANSFER, cash=d("5.00"))
    earlier = told("0", ActivityKind.TRANSFER, cash=d("7.00"))
    account.accounting.apply(first_news([earlier]))
    account.hear(deposit)

    undone = account.hear(deposit.taken_back(), earlier.taken_back(), day=LATER)

    assert undone == [ActivityBooked, ActivityBooked]
    assert account.books[HOUSE].cash == 93
    assert account.hear(deposit.taken_back(), earlier.taken_back(), day=LATER) == []


def test_activity_that_never_was_in_the_books_is_not_undone() -> None:
    account = Account()

    assert account.hear(told("1", ActivityKind.TRANSFER, cash=d("5.00")).taken_back()) == []


def test_dividend_taken_back_is_the_loss_of_those_who_were_paid() -> None:
    """And it is paid anew as capital to the same, whoever holds the share by then."""
    account = Account()
    account.hear(actions=[CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"))])
    dividend = told("1", ActivityKind.DIVIDEND, LATER, symbol=SPY, cash=d("20.00"))
    account.hear(dividend, day=LATER)
    account.hear(
        told("2", ActivityKind.TRADE, LATER, symbol=SPY, quantity=d("-40"), cash=d("0.00")),
        day=LATER,
    )

    account.hear(dividend.taken_back(), day=LATER)
    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [0, 0, 0]
    account.accounting.apply(_owed(SPY, LATER, "40.00"))

    capital = told("3", ActivityKind.RETURN_OF_CAPITAL, LATER, symbol=SPY, cash=d("20.00"))
    account.hear(capital, day=LATER)
    assert [account.books[name].cash for name in (KLM, TECL, ACCRUALS)] == [5, 15, 0]
    assert list(account.accounting.accruals) == [(SPY, LATER)]


def _owed(name: Symbol, ex_day: date, cash: str) -> DividendAccrued:
    parts = ((KLM, d(cash)),)
    return DividendAccrued(
        accrual=Accrual(symbol=name, ex_day=ex_day, parts=parts, expires=date.max)
    )


def test_nothing_is_missed_however_long_the_engine_stood_still() -> None:
    """Owners look away for weeks; a broker may tell an activity thirty days late."""
    accounting = Accounting(opened=True)
    assert accounting.asked_since(LATER) == LATER - timedelta(days=30)

    accounting.acted = DAY
    assert accounting.asked_since(LATER) == DAY - timedelta(days=30)
    assert accounting.asked_since(DAY - timedelta(days=9)) == DAY - timedelta(days=39)


def test_symbols_that_nobody_may_buy_are_those_in_doubt() -> None:
    """B13, M11: of a day's trade by hand for the day, of an unknown change until it is adopted."""
    account, other = Account(), Symbol("AGG")
    account.hear(
        told("1", ActivityKind.TRADE, symbol=SPY, quantity=d("-1"), cash=d("5.00")),
        told("2", ActivityKind.UNKNOWN, symbol=other, quantity=d("1"), text="RIGHTS"),
    )

    assert account.accounting.unreconciled(DAY) == {SPY, other}
    assert account.accounting.unreconciled(LATER) == {other}

    account.accounting.apply(
        BreakAdopted(symbol=other, actor="owner", reason="rights", breaks=(), postings=())
    )
    assert account.accounting.unreconciled(LATER) == frozenset()


def test_what_happened_while_nobody_looked_counts_in_the_order_of_its_days() -> None:
    """Who sold before the ex-day is owed nothing, and a later split multiplies no dividend."""
    account, week = Account(), [DAY + timedelta(days=number) for number in range(5)]

    kinds = account.hear(
        told("2", ActivityKind.SPLIT, week[3], symbol=SPY, quantity=d("60")),
        told("1", ActivityKind.TRADE, week[0], symbol=SPY, quantity=d("-20"), cash=d("900.00")),
        actions=[CorporateAction(symbol=SPY, ex_day=week[1], dividend=d("0.5"))],
        day=week[4],
    )

    assert kinds == [ActivityBooked, DividendAccrued, ActivityBooked]
    assert account.books[ACCRUALS].cash == -10
    assert account.books[TECL].positions[SPY] == 60


def test_dividend_of_an_unknown_pay_day_is_waited_for_a_year_and_sixty_days() -> None:
    """Sources write the last of all days where they do not know."""
    account = Account()
    action = CorporateAction(symbol=SPY, ex_day=DAY, dividend=d("0.5"), pay_day=date.max)
    account.hear(actions=[action])

    assert account.hear(day=DAY + timedelta(days=426)) == []
    assert account.hear(day=DAY + timedelta(days=427)) == [DividendGivenUp]


def test_trade_by_hand_of_today_bars_its_symbol_although_an_older_one_is_told_later() -> None:
    account = Account()
    account.hear(told("2", ActivityKind.TRADE, LATER, symbol=SPY, quantity=d("1")), day=LATER)

    account.hear(told("1", ActivityKind.TRADE, DAY, symbol=SPY, quantity=d("1")), day=LATER)

    assert account.accounting.unreconciled(LATER) == {SPY}
