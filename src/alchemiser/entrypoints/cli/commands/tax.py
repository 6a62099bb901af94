"""`tax`."""

from decimal import Decimal, InvalidOperation
from typing import Final

from alchemiser.application.tax import TaxQuestion
from alchemiser.application.tax import tax as viewed
from alchemiser.container import build_desk, exchange_day
from alchemiser.domain.books.lots import LotMethod
from alchemiser.domain.values.errors import InvalidValueError, SettingsError
from alchemiser.domain.values.identifiers import Symbol, symbol
from alchemiser.entrypoints.cli import lots_json, lots_tables
from alchemiser.entrypoints.cli.commands.shared import answer, settings
from alchemiser.entrypoints.cli.options import Common

DIGITS_MAX: Final = 12
"""No more shares than that many digits can tell are a sale of anything."""


def tax(common: Common, year: int | None, method: str | None, sell: str | None) -> int:
    """Show what was and would be sold, as taxes see it.

    Raises:
        SettingsError: When an option cannot be honoured.
    """
    found = settings(common)
    question = TaxQuestion(
        rates=found.tax.rates(),
        method=found.tax.lot_method() if method is None else _method(method),
        year=year,
        sell=None if sell is None else _sale(sell),
        terms=found.tax.terms(),
    )
    desk = build_desk(found)
    report = viewed(desk, question, exchange_day(desk.clock.now()))
    answer(common, lots_json.tax(report), lambda console: lots_tables.tax(console, report))
    return 0


def _method(text: str) -> LotMethod:
    try:
        return LotMethod(text)
    except ValueError as error:
        msg = f"--method {text} is none: write {' or '.join(LotMethod)}."
        raise SettingsError(msg) from error


def _sale(text: str) -> tuple[Symbol, Decimal]:
    name, _, quantity = text.partition("=")
    try:
        shares = Decimal(quantity)
        if shares.is_finite() and shares.adjusted() < DIGITS_MAX:
            return symbol(name), shares
    except InvalidValueError as error:
        raise SettingsError(str(error)) from error
    except InvalidOperation:
        pass
    msg = f"--sell {text} has no number of shares after '=': write one, such as {name or 'SPY'}=10."
    raise SettingsError(msg)
