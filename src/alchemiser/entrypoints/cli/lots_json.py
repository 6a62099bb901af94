"""What programs read about lots, gains and taxes."""

from collections.abc import Iterable

from alchemiser.application.report import BookLine
from alchemiser.application.tax import TaxReport
from alchemiser.domain.books.lots import Disposal, Lot
from alchemiser.domain.books.tax import Drag, term

Row = dict[str, object]


def gained(line: BookLine) -> Row:
    """Return where the equity of a book comes from, and its lots."""
    profit = line.profit
    return {
        "contributed": profit.contributed,
        "realised": profit.realised,
        "unrealised": profit.unrealised,
        "dividends": profit.dividends,
        "interest": profit.interest,
        "fees": profit.fees,
        "other_fees": profit.other_fees,
        "lots": [_lot(lot) for lot in line.lots],
    }


def tax(report: TaxReport) -> Row:
    """Return what `tax` says."""
    return {
        "notice": "planning information, not advice",
        "as_of": report.as_of,
        "year": report.year,
        "method": report.method,
        "rates": report.rates,
        "gains": report.gains,
        "disposals": _disposals(report.disposals),
        "lots": [
            _lot(held.lot)
            | {
                "kind": held.lot.kind,
                "held_since": held.lot.held_since,
                "washed": held.lot.washed,
                "long_from": held.long_from,
                "unrealised": held.unrealised,
            }
            for held in report.lots
        ],
        "no_buying": report.no_buying,
        "no_loss_selling": report.no_loss_selling,
        "proposed": None if report.proposed is None else _drag(report.proposed),
    }


def _drag(proposed: Drag) -> Row:
    return {
        "sale": proposed.sale,
        "proceeds": proposed.proceeds,
        "gains": proposed.gains,
        "tax": proposed.tax,
        "drag": proposed.drag,
        "disposals": _disposals(proposed.disposals),
    }


def _lot(lot: Lot) -> Row:
    return {
        "symbol": lot.symbol,
        "quantity": lot.quantity,
        "cost": lot.cost,
        "acquired": lot.acquired,
    }


def _disposals(disposals: Iterable[Disposal]) -> list[Row]:
    return [
        _lot(one.lot)
        | {
            "held_since": one.lot.held_since,
            "disposed": one.disposed,
            "proceeds": one.proceeds,
            "gain": one.gain(),
            "disallowed": one.disallowed,
            "counted": one.counted(),
            "term": term(one),
        }
        for one in disposals
    ]
