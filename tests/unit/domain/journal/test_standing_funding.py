"""Money that comes or goes is neither gain nor loss, and so many sessions of trades are kept."""

from datetime import date, timedelta
from decimal import Decimal

from alchemiser.domain.books.ledger import Posting, PostingKind
from alchemiser.domain.journal.restrictions import EquityMarked
from alchemiser.domain.journal.standing import Standing
from alchemiser.domain.risk.history import Anchors
from alchemiser.domain.values.identifiers import BookId, Symbol
from alchemiser.testing.builders import DAY, a_fill, an_order

BOOK = BookId("klm")


def day(number: int) -> date:
    """Return a session by its number."""
    return DAY + timedelta(days=number)


def posting(
    cash: str, kind: PostingKind = PostingKind.FUNDING, symbol: Symbol | None = None
) -> Posting:
    """Return a change of the book."""
    return Posting(book=BOOK, kind=kind, cash=Decimal(cash), symbol=symbol)


def marked(number: int, equity: str) -> EquityMarked:
    """Return what the account was worth in a session."""
    return EquityMarked(session=day(number), equity=Decimal(equity), books=())


def test_deposit_is_no_gain_and_hides_no_loss_of_the_account() -> None:
    """RC-06: 100 dollars and 100 more that end at 190 have lost a twentieth."""
    standing = Standing()
    standing.apply(marked(0, "100"))

    standing.fund([posting("100")], day(1))

    assert standing.account.day_loss(day(1), Decimal(190)) == Decimal("0.05")
    assert standing.anchors(day(1)) == Anchors(last_close=Decimal(200), peak=Decimal(200))


def test_account_is_measured_from_its_first_mark_whatever_was_funded_before() -> None:
    """RC-06: what the broker says it is worth, not what the books were told it would be."""
    standing = Standing()
    standing.fund([posting("100")], day(0))
    assert standing.account.units == 0

    standing.apply(marked(0, "90"))

    assert standing.account.units == Decimal(90)
    assert standing.account.drawdown(Decimal(90)) == 0


def test_fills_fees_and_shares_that_come_along_are_no_money_from_outside() -> None:
    """RC-07: a fee is a loss, and a funding in shares is not one in money."""
    standing = Standing()
    standing.apply(marked(0, "100"))

    standing.fund(
        [
            posting("-7", PostingKind.FEE),
            posting("-30", PostingKind.FILL, Symbol("SPY")),
            posting("20", PostingKind.FUNDING, Symbol("SPY")),
        ],
        day(0),
    )

    assert standing.books == {}
    assert standing.account.units == Decimal(100)


def test_book_that_is_funded_outside_a_session_has_no_close_yet() -> None:
    standing = Standing()

    standing.fund([posting("50")], None)

    assert standing.books[BOOK].units == Decimal(50)
    assert standing.books[BOOK].closes == []


def test_trades_of_sixty_four_sessions_are_kept() -> None:
    """RC-18: as many as the checks that count them may look back."""
    standing = Standing()
    order = an_order()

    for number in range(65):
        standing.trade(day(number), a_fill(order))

    assert list(standing.executions) == [day(number) for number in range(1, 65)]
