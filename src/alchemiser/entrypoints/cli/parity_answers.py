"""What programs and people read of `parity`."""

from decimal import Decimal

from rich.console import Console

from alchemiser.application.parity.report import (
    BookLine,
    DayLine,
    OrderLine,
    ParityReport,
    SignalDifference,
)
from alchemiser.application.parity.shadow import Answer
from alchemiser.domain.parity.components import Component, Components, summed
from alchemiser.domain.values.identifiers import BookId
from alchemiser.domain.values.numbers import BASIS_POINT, ZERO, cents
from alchemiser.entrypoints.cli.pieces import dollars, grid, plain, points

Document = dict[str, object]


def document(report: ParityReport) -> Document:
    """Return the JSON object of `report`; dollars to the cent, basis points to four decimals."""
    live = sum((day.live for day in report.days), ZERO)
    shadow = sum((day.shadow for day in report.days), ZERO)
    drift = report.drift
    return {
        "from": report.first,
        "to": report.last,
        "live": cents(live),
        "shadow": cents(shadow),
        "difference": cents(live - shadow),
        "components": _named(summed(day.components for day in report.days)),
        "components_bps": {name.value: _bps(report.points(name)) for name in Component},
        "residual": cents(report.residual),
        "days": [_day(day) for day in report.days],
        "books": _books(report),
        "open": list(report.open),
        "signals": {
            "compared": report.compared,
            "differ": [_signal(one) for one in report.differing],
        },
        "drift": {
            "alarm": drift.drifts,
            "sessions": drift.days,
            "mean_bps": drift.mean * 1e4,
            "capital": drift.capital,
            "highest": drift.highest,
            "alarm_at": drift.alarm_at,
            "since": None if drift.since is None else report.days[drift.since].session,
        },
    }


def tables(console: Console, report: ParityReport) -> None:
    """Print `report`."""
    _totals(console, report)
    rows = [
        (
            day.session.isoformat() if day.decided else f"{day.session} (not decided)",
            dollars(day.live),
            dollars(day.shadow),
            dollars(day.live - day.shadow),
            points(day.points(day.live - day.shadow)),
            dollars(day.residual),
        )
        for day in report.days
    ]
    if rows:
        grid(console, ("session", ">live", ">shadow", ">difference", ">", ">residual"), rows)
    for day in report.days:
        for line in day.orders:
            console.print(plain(f"{day.session} {line.sentence()}."), soft_wrap=True)
    for one in report.differing:
        console.print(plain(f"differs: {one.sentence()}."), soft_wrap=True)
    same = report.compared - len(report.differing)
    console.print(f"{same} of {report.compared} signals are those of the shadow.")
    if report.open:
        days = ", ".join(one.isoformat() for one in report.open)
        text = f"Not known yet, until the next session is decided and priced: {days}."
        console.print(text, soft_wrap=True)
    _drift(console, report)


def _totals(console: Console, report: ParityReport) -> None:
    if not report.days:
        return
    rows = [
        (name.value.replace("_", " "), dollars(report.total(name)), points(report.points(name)))
        for name in Component
        if any(day.components[name] for day in report.days)
    ]
    total = sum((day.live - day.shadow for day in report.days), ZERO)
    relative = sum((day.points(day.live - day.shadow) for day in report.days), ZERO)
    rows += [
        ("residual", dollars(report.residual), points(_residual_points(report))),
        ("live less shadow", dollars(total), points(relative)),
    ]
    grid(console, ("component", ">dollars", ">"), rows)


def _drift(console: Console, report: ParityReport) -> None:
    drift = report.drift
    if not drift.days:
        return
    told = "drifts away from" if drift.drifts else "does not drift from"
    text = (
        f"Live {told} its shadow: {drift.mean * 1e4:+.2f} bp a session over {drift.days}; a bet on "
        f"drift has been worth {drift.highest:.3g}, an alarm takes {drift.alarm_at:.3g}."
    )
    console.print(text, soft_wrap=True)


def _residual_points(report: ParityReport) -> Decimal:
    return sum((day.points(day.residual) for day in report.days), ZERO)


def _bps(value: Decimal) -> Decimal:
    return value.quantize(BASIS_POINT)


def _day(day: DayLine) -> Document:
    return {
        "session": day.session,
        "decided": day.decided,
        "equity": cents(day.equity),
        "live": cents(day.live),
        "shadow": cents(day.shadow),
        "difference": cents(day.live - day.shadow),
        "difference_bps": _bps(day.points(day.live - day.shadow)),
        "flows": cents(day.flows),
        "components": _named(day.components),
        "residual": cents(day.residual),
        "orders": [_order(line) for line in day.orders],
    }


def _order(line: OrderLine) -> Document:
    return {
        "cl_ord_id": line.order.cl_ord_id,
        "symbol": line.order.symbol,
        "side": line.order.side,
        "order_qty": line.order.quantity,
        "cum_qty": line.filled,
        "lacks": [
            {
                "cause": one.lack.cause.value,
                "component": one.lack.cause.component().value,
                "quantity": one.lack.quantity,
                "dollars": one.dollars,
                "text": one.lack.text,
            }
            for one in line.lacks
        ],
    }


def _books(report: ParityReport) -> Document:
    lines: dict[BookId, list[BookLine]] = {}
    for day in report.days:
        for name, line in day.books.items():
            lines.setdefault(name, []).append(line)
    return {
        name: {
            "shadow": cents(sum((line.shadow for line in own), ZERO)),
            "components": _named(summed(line.components for line in own)),
        }
        for name, own in sorted(lines.items())
    }


def _named(components: Components) -> Document:
    return {name.value: cents(dollars) for name, dollars in components.items()}


def _signal(one: SignalDifference) -> Document:
    return {
        "session": one.session,
        "strategy": one.strategy,
        "reasons": [reason.value for reason in one.reasons],
        "live": _answer(one.live),
        "shadow": _answer(one.shadow),
        "diff": {name: list(pair) for name, pair in one.differences().items()},
    }


def _answer(answer: Answer | None) -> Document | None:
    if answer is None:
        return None
    weights = dict(sorted(answer.weights.items()))
    return {"state": answer.state, "weights": weights, "reason": answer.reason}
