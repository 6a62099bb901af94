"""What people read about lots, gains and taxes."""

from collections.abc import Iterable

from rich.console import Console

from alchemiser.application.report import Overview
from alchemiser.application.tax import TaxReport
from alchemiser.domain.books.lots import Disposal
from alchemiser.domain.books.tax import Drag, Gains, term
from alchemiser.entrypoints.cli import as_tables
from alchemiser.entrypoints.cli.pieces import dollars, grid, percent, shares


def books(console: Console, report: Overview) -> None:
    """Print what belongs to which strategy, and what it gained."""
    as_tables.books(console, report)
    if not report.books:
        return
    grid(
        console,
        ("Book", ">Put in", ">Realised", ">Unrealised", ">Dividends", ">Interest", ">Fees"),
        (
            (
                line.book,
                dollars(line.profit.contributed),
                dollars(line.profit.realised),
                dollars(line.profit.unrealised),
                dollars(line.profit.dividends),
                dollars(line.profit.interest),
                dollars(line.profit.fees),
            )
            for line in report.books
        ),
    )


def tax(console: Console, report: TaxReport) -> None:
    """Print what was and would be sold, as taxes see it."""
    console.print(f"Year {report.year}, as of {report.as_of}, lots by {report.method}\n")
    if report.disposals:
        _disposals(console, report.disposals)
    _gains(console, report.gains)
    _lots(console, report)
    _calendar(console, report)
    if report.proposed is not None:
        _drag(console, report.proposed)
    console.print("Planning information, not advice.")


def _disposals(console: Console, disposals: Iterable[Disposal]) -> None:
    grid(
        console,
        ("Sold", "Lot", ">Quantity", "Acquired", ">Gain", ">Put off", "Term"),
        (
            (
                str(one.disposed),
                one.lot.symbol,
                shares(one.lot.quantity),
                str(one.lot.acquired),
                dollars(one.gain()),
                dollars(one.disallowed),
                term(one),
            )
            for one in disposals
        ),
    )


def _gains(console: Console, found: Gains) -> None:
    console.print(f"gained short-term {dollars(found.short)}, long-term {dollars(found.long)}")
    console.print(f"put off by wash sales {dollars(found.disallowed)}\n")


def _lots(console: Console, report: TaxReport) -> None:
    if not report.lots:
        console.print("No lots are held.\n")
        return
    grid(
        console,
        ("Held", ">Quantity", ">Cost", "Acquired", "Long from", ">Unrealised"),
        (
            (
                held.lot.symbol,
                shares(held.lot.quantity),
                dollars(held.lot.cost),
                str(held.lot.acquired),
                str(held.long_from),
                dollars(held.unrealised),
            )
            for held in report.lots
        ),
    )


def _calendar(console: Console, report: TaxReport) -> None:
    if report.no_buying:
        grid(
            console,
            ("Buying", "Until", ">Puts off", ">Quantity", "Sold"),
            (
                (
                    window.symbol,
                    str(window.until),
                    dollars(window.loss),
                    shares(window.quantity),
                    str(window.day),
                )
                for window in report.no_buying
            ),
        )
    if report.no_loss_selling:
        grid(
            console,
            ("Selling others at a loss", "Until", ">Is washed by", "Bought"),
            (
                (window.symbol, str(window.until), shares(window.quantity), str(window.day))
                for window in report.no_loss_selling
            ),
        )


def _drag(console: Console, proposed: Drag) -> None:
    sale = proposed.sale
    console.print(
        f"\nSelling {shares(sale.quantity)} {sale.symbol} at {dollars(sale.price)} on {sale.day}"
    )
    _disposals(console, proposed.disposals)
    _gains(console, proposed.gains)
    share = "" if proposed.drag is None else f", {percent(proposed.drag)} of the proceeds"
    console.print(f"tax {dollars(proposed.tax)}{share}")
