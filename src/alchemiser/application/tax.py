"""What was and would be sold, as taxes see it: planning information, not advice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.domain.books.holding import long_from
from alchemiser.domain.books.lots import Disposal, Lot, LotMethod, Lots
from alchemiser.domain.books.tax import (
    Drag,
    Gains,
    Proposal,
    TaxRates,
    WashWindow,
    account_lots,
    drag,
    gains,
    no_buying,
    no_loss_selling,
)
from alchemiser.domain.books.terms import Terms
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import SHARE, is_multiple


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxQuestion:
    """What the owner wants to know.

    Attributes:
        rates: The owner's rates.
        method: Which lots are sold first.
        year: For which calendar year, or None for that of the last record.
        sell: Symbol and shares of a sale that might be made, or None.
        terms: What the owner tells of spin-offs and mergers.
    """

    rates: TaxRates
    method: LotMethod = LotMethod.FIFO
    year: int | None = None
    sell: tuple[Symbol, Decimal] | None = None
    terms: Terms = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """A lot that is held: from when a sale is long-term, and dollars gained at the last price."""

    lot: Lot
    long_from: date
    unrealised: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxReport:
    """What was and would be sold, as taxes see it.

    Attributes:
        as_of: The day at the exchange that the calendar looks from.
        year: For which year.
        method: Which lots are sold first.
        rates: The owner's rates.
        disposals: What was sold in the year, in order.
        gains: What that gained.
        lots: What is held, by symbol and then oldest first.
        no_buying: Until when buying what was sold at a loss would put that loss off.
        no_loss_selling: Until when selling at a loss is a wash sale, for what was just bought.
        proposed: What the sale that was asked about would cost, or None.
    """

    as_of: date
    year: int
    method: LotMethod
    rates: TaxRates
    disposals: tuple[Disposal, ...]
    gains: Gains
    lots: tuple[HeldLot, ...]
    no_buying: tuple[WashWindow, ...]
    no_loss_selling: tuple[WashWindow, ...]
    proposed: Drag | None


def tax(engine: Engine, question: TaxQuestion, today: date) -> TaxReport:
    """Return the tax view of the account; reads only.

    Args:
        engine: Whose account.
        question: What the owner wants to know.
        today: The day at the exchange: by that of London a year would end hours too early.

    Raises:
        SettingsError: When the sale that is asked about cannot be made.
    """
    entries = Ledger(engine.journal).state.entries
    lots = account_lots(entries, question.method, question.terms)
    now = engine.clock.now()
    names = sorted({lot.symbol for lot in lots.open})
    marks = {quote.symbol: quote.mid() for quote in engine.market.quotes(names, at=now)}
    year = question.year or today.year
    sold = tuple(one for one in lots.disposals if one.disposed.year == year)
    proposed = None
    if question.sell is not None:
        symbol, quantity = question.sell
        proposed = _proposed(lots, _proposal(symbol, quantity, marks.get(symbol), today), question)
    return TaxReport(
        as_of=today,
        year=year,
        method=question.method,
        rates=question.rates,
        disposals=sold,
        gains=gains(sold),
        lots=tuple(
            HeldLot(
                lot=lot,
                long_from=long_from(lot.held_since),
                unrealised=lot.gain(marks.get(lot.symbol)),
            )
            for lot in lots.open
        ),
        no_buying=no_buying(lots, today),
        no_loss_selling=no_loss_selling(lots, today),
        proposed=proposed,
    )


def _proposal(symbol: Symbol, quantity: Decimal, mark: Decimal | None, day: date) -> Proposal:
    if not is_multiple(quantity, SHARE):
        msg = f"shares of {symbol} come in multiples of {SHARE:f}: write fewer digits."
        raise SettingsError(msg)
    if mark is None:
        msg = f"{symbol} is not held, or has no price now: see `alchemiser positions`."
        raise SettingsError(msg)
    return Proposal(symbol=symbol, quantity=quantity, price=mark, day=day)


def _proposed(lots: Lots, sale: Proposal, question: TaxQuestion) -> Drag:
    try:
        return drag(lots, sale, question.rates, question.method)
    except InvalidValueError as error:
        msg = f"{error} Propose fewer, and more than none."
        raise SettingsError(msg) from error
