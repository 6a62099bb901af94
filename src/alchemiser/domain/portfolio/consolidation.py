"""From each strategy's weights to one net intent a symbol: allocate, cross, consolidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from alchemiser.domain.books.ledger import Book
from alchemiser.domain.orders.plan import Claims, Crossing, claimed
from alchemiser.domain.portfolio.allocation import AllocationSettings, Turn, raised
from alchemiser.domain.portfolio.bands import UNKNOWN_COST, TradingCost
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.values.frozen import quickly
from alchemiser.domain.values.identifiers import BookId, StrategyId, Symbol
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import ONE, SHARE, ZERO, apportion, round_down
from alchemiser.domain.values.target import TargetPortfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The strategy broke its contract; its book stays as it is."""

    reason: str


StrategyOutcome = Decided | Undecided | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Hold what books can trade in.

    Attributes:
        marks: Reference mids, dollars a share.
        instruments: Every symbol's instrument.
        costs: What trading costs, as far as it is known.
    """

    marks: Mapping[Symbol, Decimal]
    instruments: Mapping[Symbol, Instrument]
    costs: Mapping[Symbol, TradingCost] = field(default_factory=dict)


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Tell what one book wants of one symbol.

    Attributes:
        book: The strategy's book.
        symbol: The ticker.
        weight: Wanted share of the book's equity, in [0, 1].
        held: Shares in the book before.
        wanted: Shares to add (positive) or give (negative); zero within the drift band.
        crossed: The part of `wanted` that other books supply or take, same sign.
        band: Dollars of the book's drift band; zero when it enters or leaves the symbol.
        banded: Why the band is the fixed one although costs should set it, or "".
    """

    book: BookId
    symbol: Symbol
    weight: Decimal
    held: Decimal
    wanted: Decimal
    crossed: Decimal = ZERO
    band: Decimal = ZERO
    banded: str = ""


@quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class NetIntent:
    """Ask for one change of the account's position in a symbol.

    Attributes:
        symbol: The ticker.
        buy: Whether shares are added.
        claims: Books on that side after crossing and how many shares each wants.
        worthwhile: Dollars below which the change lies in the drift band of every claimant; zero
            when one of them enters or leaves the symbol. What a limit leaves of an intent is not
            worth an order below it.
    """

    symbol: Symbol
    buy: bool
    claims: Claims
    worthwhile: Decimal = ZERO
    _quantity: Decimal = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every limit asks for it.
        object.__setattr__(self, "_quantity", claimed(self.claims))

    def quantity(self) -> Decimal:
        """Return the shares wanted by all claims together, at or above zero."""
        return self._quantity

    def shrunk(self, quantity: Decimal) -> "NetIntent":
        """Return the intent cut to `quantity` shares, borne pro rata; never enlarged."""
        if quantity >= self.quantity():
            return self
        return replace(self, claims=_nonzero(_share(max(quantity, ZERO), self.claims)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidation:
    """Hold what all books together want of the account.

    Attributes:
        contributions: One a deciding book and symbol, sorted.
        crossings: Trades between books, sorted by symbol.
        net: What is left for the venue, sorted by symbol.
        undecided: Strategies whose book cannot be valued, with the reason; they are left alone.
    """

    contributions: tuple[Contribution, ...]
    crossings: tuple[Crossing, ...]
    net: tuple[NetIntent, ...]
    undecided: tuple[tuple[StrategyId, Undecided], ...] = ()


def consolidate(
    outcomes: Sequence[tuple[StrategyId, StrategyOutcome]],
    books: Mapping[BookId, Book],
    market: Market,
    settings: AllocationSettings,
    turns: Mapping[StrategyId, Turn] = MappingProxyType({}),
) -> Consolidation:
    """Return the net intents of all deciding strategies.

    Strategies without a decision are fixed quantities: they neither trade nor cross, but for what
    their books give up; that is sold whether or not it is their turn.

    Args:
        outcomes: Every strategy's answer, sorted by strategy.
        books: Every book; a strategy without one has no equity.
        market: Prices, instruments and costs.
        settings: Buffer and band.
        turns: Strategies that do not trade at every session, or give something up.
    """
    contributions: list[Contribution] = []
    undecided: list[tuple[StrategyId, Undecided]] = []
    marks = market.marks
    for name, outcome in outcomes:
        book, turn = books.get(BookId(name), Book()), turns.get(name, Turn())
        missing = _unpriced(outcome.target, book, marks) if isinstance(outcome, Decided) else ()
        if missing:
            reason = f"there is no price for {', '.join(missing)} in its book or target."
            undecided.append((name, Undecided(reason=reason, symbols=missing)))
        if missing or not isinstance(outcome, Decided):
            priced = sorted(turn.leaving & marks.keys())
            contributions += [_given_up(BookId(name), one, book) for one in priced]
            continue
        equity = book.equity(marks) or ZERO
        investable = max(equity, ZERO) * (ONE - settings.cash_buffer)
        rows = _allocate(BookId(name), outcome.target, book, (equity, investable), market, settings)
        rows = [_no_more(row) if row.symbol in turn.trimmed else row for row in rows]
        if _rests(turn, rows, investable, marks) and not (turn.due and book.cash < 0):
            gone = {row.symbol: row.wanted for row in rows if row.symbol in turn.leaving}
            # What is given up brings money by itself.
            gives = gone or raised(book, marks, market.instruments, investable)
            rows = [replace(row, wanted=gives.get(row.symbol, ZERO)) for row in rows]
        contributions += rows
    crossings, crossed, net = _net(contributions, marks)
    return Consolidation(
        contributions=tuple(crossed),
        crossings=tuple(crossings),
        net=tuple(net),
        undecided=tuple(undecided),
    )


def _given_up(book_id: BookId, name: Symbol, book: Book) -> Contribution:
    held = book.positions.get(name, ZERO)
    return Contribution(book=book_id, symbol=name, weight=ZERO, held=held, wanted=-held)


def _no_more(row: Contribution) -> Contribution:
    return replace(row, weight=row.weight if row.held else ZERO, wanted=min(row.wanted, ZERO))


def _unpriced(
    target: TargetPortfolio, book: Book, marks: Mapping[Symbol, Decimal]
) -> tuple[Symbol, ...]:
    names = {name for name, _ in target.weights} | book.positions.keys()
    return tuple(sorted(name for name in names if name not in marks))


def _allocate(
    book_id: BookId,
    target: TargetPortfolio,
    book: Book,
    funds: tuple[Decimal, Decimal],
    market: Market,
    settings: AllocationSettings,
) -> list[Contribution]:
    marks, (equity, investable) = market.marks, funds
    weights = dict(target.weights)
    rows = []
    for name in sorted(weights.keys() | book.positions.keys()):
        weight, held = weights.get(name, ZERO), book.positions.get(name, ZERO)
        increment = market.instruments[name].quantity_increment
        wanted = round_down(weight * investable / marks[name], increment) - held
        share, banded = ZERO, ""
        # A book that owes money, having given it away, raises it whatever the band.
        if held and weight and book.cash >= 0:
            share, banded = settings.band(weight, abs(wanted), market.costs.get(name, UNKNOWN_COST))
        band = share * equity
        if abs(wanted) * marks[name] < band:
            wanted = ZERO
        rows.append(
            Contribution(
                book=book_id,
                symbol=name,
                weight=weight,
                held=held,
                wanted=wanted,
                band=band,
                banded=banded,
            )
        )
    return rows


def _rests(
    turn: Turn,
    rows: Sequence[Contribution],
    investable: Decimal,
    marks: Mapping[Symbol, Decimal],
) -> bool:
    """Say whether the book stays as it is because it is not its turn or not far enough off."""
    if not turn.due:
        return True
    # A symbol that enters or leaves is another branch of the rules: it is traded at once.
    if not turn.threshold or any(bool(row.weight) is not bool(row.held) for row in rows):
        return False
    return all(
        abs(row.held * marks[row.symbol] - row.weight * investable) <= turn.threshold * investable
        for row in rows
    )


def _net(
    contributions: Sequence[Contribution], marks: Mapping[Symbol, Decimal]
) -> tuple[list[Crossing], list[Contribution], list[NetIntent]]:
    by_symbol: dict[Symbol, list[Contribution]] = {}
    for row in contributions:
        by_symbol.setdefault(row.symbol, []).append(row)
    crossings: list[Crossing] = []
    crossed: list[Contribution] = []
    net: list[NetIntent] = []
    for name in sorted(by_symbol):
        rows = sorted(by_symbol[name], key=lambda row: row.book)
        buys, sells = _wanting(rows, buy=True), _wanting(rows, buy=False)
        quantity = min(claimed(buys), claimed(sells)) if buys and sells else ZERO
        taken: dict[BookId, Decimal] = {}
        if quantity:
            sides = [_share(quantity, side) for side in (buys, sells)]
            crossings.append(
                Crossing(
                    symbol=name,
                    price=marks[name],
                    quantity=quantity,
                    buys=_nonzero(sides[0]),
                    sells=_nonzero(sides[1]),
                )
            )
            taken = dict(sides[0] + sides[1])
        crossed += [_with_crossed(row, taken.get(row.book, ZERO)) for row in rows]
        for claims, buy in ((buys, True), (sells, False)):
            left = _nonzero(tuple((book, part - taken.get(book, ZERO)) for book, part in claims))
            if left:
                net.append(_intent(name, buy=buy, claims=left, rows=rows))
    return crossings, sorted(crossed, key=lambda row: (row.book, row.symbol)), net


def _intent(name: Symbol, *, buy: bool, claims: Claims, rows: Sequence[Contribution]) -> NetIntent:
    claimants = {book for book, _ in claims}
    worthwhile = min(row.band for row in rows if row.book in claimants)
    return NetIntent(symbol=name, buy=buy, claims=claims, worthwhile=worthwhile)


def _wanting(rows: Sequence[Contribution], *, buy: bool) -> Claims:
    return tuple(
        (row.book, abs(row.wanted)) for row in rows if row.wanted and (row.wanted > 0) is buy
    )


def _share(quantity: Decimal, claims: Claims) -> Claims:
    parts = apportion(quantity, claims, SHARE)
    return tuple((book, part) for (book, _), part in zip(claims, parts, strict=True))


def _nonzero(claims: Claims) -> Claims:
    return tuple((book, part) for book, part in claims if part)


def _with_crossed(row: Contribution, shares: Decimal) -> Contribution:
    return replace(row, crossed=shares if row.wanted > 0 else -shares) if shares else row
