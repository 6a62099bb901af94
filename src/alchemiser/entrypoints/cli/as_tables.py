"""What people read: answers that fit in 80 columns."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from alchemiser.application.certification.report import CertificationReport
from alchemiser.application.controls.prove import Proof
from alchemiser.application.liquidation import LiquidationReport
from alchemiser.application.outcome import fill_line
from alchemiser.application.preflight import Preflight
from alchemiser.application.report import (
    CycleReport,
    Explanation,
    Overview,
    PlanReport,
    SignalsReport,
)
from alchemiser.application.tree_import import TreeReport
from alchemiser.domain.journal.chain import ChainReport, Envelope
from alchemiser.entrypoints.cli import pieces
from alchemiser.entrypoints.cli.pieces import dollars, percent, plain, shares
from alchemiser.entrypoints.cli.sources import print_sources
from alchemiser.ports.strategy_source import InstalledPlugin


def cycle(console: Console, report: CycleReport) -> None:
    """Print how a session went."""
    console.print(plain(f"Session {report.session}  {report.cycle_id}\n"))
    if report.strategies or report.breaks:
        pieces.decisions(console, report.strategies)
        pieces.orders(console, report.orders)
        pieces.fills(console, report.fills)
        pieces.shaped(console, report)
        pieces.limits(console, report.limited)
        pieces.breaks(console, report.breaks)
        if report.reconciled or report.orders or report.breaks:
            # Where nothing was ordered, nobody compared once more.
            console.print(f"reconciled: {'yes' if report.reconciled else 'no'}")
    console.print(f"status: {report.status}")


def demo(console: Console, report: CycleReport, *, seed: int, home: Path) -> None:
    """Print how the demonstration went, and where to go from there."""
    console.print(plain(f"A synthetic market (seed {seed}) and a simulated broker in {home}\n"))
    cycle(console, report)
    console.print(
        plain(f"\nGo on with: alchemiser status --config {home / 'alchemiser.toml'}"),
        soft_wrap=True,
    )


def liquidation(console: Console, report: LiquidationReport) -> None:
    """Print what became of selling everything."""
    pieces.fills(console, [fill_line(one) for one in report.fills])
    for row, why in report.left:
        console.print(plain(f"still held: {shares(row.quantity)} {row.symbol}, because {why}"))
    pieces.breaks(console, report.breaks)
    console.print("Trading is halted.")


def init(console: Console, file: Path) -> None:
    """Print what was written, and what comes next."""
    console.print(plain(f"Wrote {file}: read it, then try `alchemiser doctor`."), soft_wrap=True)


def signals(console: Console, report: SignalsReport) -> None:
    """Print what each strategy wants."""
    console.print(plain(f"Session {report.as_of}"))
    console.print(plain(f"{report.timing.sentence()}\n"))
    pieces.decisions(console, report.strategies)


def plan(console: Console, report: PlanReport) -> None:
    """Print what a session would bring."""
    console.print(plain(f"Session {report.as_of}: nothing is sent"))
    console.print(plain(f"{report.timing.sentence()}\n"))
    if report.stopped:
        console.print(plain(f"A run would trade nothing: {report.stopped}"), soft_wrap=True)
        return
    pieces.decisions(console, report.strategies)
    pieces.transfers(console, report.transfers)
    pieces.contributions(console, report.target)
    if report.orders:
        pieces.grid(
            console,
            ("Order", ">Quantity", ">Limit", ">Worth"),
            (
                (
                    f"{order.side} {order.symbol}",
                    shares(order.quantity),
                    dollars(order.limit_price),
                    dollars(order.quantity * order.reference_price),
                )
                for order in report.orders
            ),
        )
    else:
        console.print("No orders.")
    pieces.limits(console, report.limited)
    for violation in (*report.plan_refused, *(why for _, why in report.refused)):
        console.print(plain(f"refused: {violation.sentence()}"))


def status(console: Console, report: Overview) -> None:
    """Print where things stand."""
    reason = f": {report.reason}" if report.reason else ""
    console.print(plain(f"Trading is {report.state}{reason}"))
    console.print(f"Equity {dollars(report.equity)}, cash {dollars(report.cash)}\n")
    books(console, report)
    if report.session is not None:
        console.print(f"Orders of {report.session}")
        pieces.orders(console, report.orders)
    console.print(f"books and broker agree: {'no' if report.breaks else 'yes'}")


def positions(console: Console, report: Overview) -> None:
    """Print what the account holds."""
    if not report.positions:
        console.print("No positions.")
        return
    rows = ((name, shares(quantity)) for name, quantity in report.positions)
    pieces.grid(console, ("Symbol", ">Quantity"), rows)


def orders(console: Console, report: Overview) -> None:
    """Print the orders of the last traded session, and their names."""
    if report.session is None:
        console.print("No session was traded yet.")
        return
    console.print(f"Orders of {report.session}")
    pieces.orders(console, report.orders)
    for line in report.orders:
        console.print(plain(f"alchemiser explain {line.cl_ord_id}"))


def books(console: Console, report: Overview) -> None:
    """Print what belongs to which strategy."""
    for change in report.changes:
        console.print(plain(change.sentence()), soft_wrap=True)
    if report.owed:
        console.print(f"to be brought to their weights: {', '.join(report.owed)}")
    if not report.books:
        console.print("No books yet: they are opened at the first session.")
        return
    pieces.grid(
        console,
        ("Book", ">Equity", ">Cash", "Positions"),
        (
            (
                book.book,
                dollars(book.equity),
                dollars(book.cash),
                ", ".join(f"{name} {shares(quantity)}" for name, quantity in book.positions),
            )
            for book in report.books
        ),
    )
    pieces.breaks(console, report.breaks)


def explanation(console: Console, report: Explanation) -> None:
    """Print the way from an order back to what was measured."""
    console.print(plain(f"Session {report.session}  {report.cycle_id}\n"))
    pieces.orders(console, report.orders)
    if report.reason:
        console.print(report.reason)
    pieces.limits(console, report.limited)
    pieces.contributions(console, report.contributions)
    pieces.decisions(console, report.strategies)
    print_sources(console, report.sources)


def chain(console: Console, report: ChainReport) -> None:
    """Print how far the journal holds."""
    console.print(f"{report.records} records, {'unbroken' if report.ok else 'then broken'}")
    console.print(f"head {report.head.hash}")


def tail(console: Console, last: Sequence[Envelope]) -> None:
    """Print the last records, one line each."""
    for one in last:
        text = plain(f"{one.sequence:>6} {one.at:%Y-%m-%d %H:%M:%S} {one.type} {one.data}")
        console.print(text, overflow="ellipsis", no_wrap=True)


def preflight(console: Console, report: Preflight) -> None:
    """Print one check a line."""
    for check in report.checks:
        console.print(plain(f"{'ok  ' if check.ok else 'FAIL'} {check.id}: {check.message}"))


def controls(console: Console, proofs: Sequence[Proof]) -> None:
    """Print an order that breaks a control a line: what it was, and why it was refused."""
    for one in proofs:
        found = f"{one.observed}, the limit {one.limit}" if one.limit else one.code
        console.print(plain(f"{'ok  ' if one.proved else 'FAIL'} {one.id}: {one.order}: {found}"))
    proved = sum(one.proved for one in proofs)
    console.print(plain(f"{proved} of {len(proofs)} proved; nothing was sent anywhere"))


def certification(console: Console, report: CertificationReport, place: str) -> None:
    """Print one check a line, and where the certificate is."""
    one = report.identity
    verdict = "certified" if report.certified else "refused"
    title = f"{one.strategy} of {one.plugin} {one.version}: {verdict}"
    console.print(plain(title, style="bold"), soft_wrap=True)
    pieces.grid(
        console,
        ("", "Check", ">Cases", "Found"),
        (
            ("ok" if check.ok else "FAIL", check.id, str(check.cases), check.message)
            for check in report.checks
        ),
    )
    console.print(plain(f"{report.cuts} cuts, seed {report.seed}"), soft_wrap=True)
    console.print(plain(f"content {one.content_hash}"), soft_wrap=True)
    if place:
        console.print(plain(f"certificate {place}"), soft_wrap=True)


def package(console: Console, name: str, folder: Path) -> None:
    """Print what to do with a new strategy package."""
    console.print(plain(f"A strategy to begin with in {folder}"), soft_wrap=True)
    for line in (
        f"pip install --editable {folder}",
        f"pytest {folder}",
        f"alchemiser certify {name}",
        f"alchemiser backtest --strategy {name} --data FOLDER_WITH_BARS",
    ):
        console.print(plain(f"  {line}"), soft_wrap=True)


def plugins(console: Console, installed: Sequence[InstalledPlugin]) -> None:
    """Print what is installed."""
    if not installed:
        console.print("No plugin is installed: add one with pip.")
    for row in installed:
        console.print(plain(f"{row.plugin} {row.version}", style="bold"))
        if row.problem:
            pieces.indented(console, pieces.INDENT, row.problem)
        for offer in row.offers:
            params = "".join(f"; {name} = {value}" for name, value in offer.params)
            text = f"{offer.strategy_id}: {offer.summary}{params}"
            pieces.indented(console, pieces.INDENT, text)
        if row.content_hash:
            pieces.indented(console, pieces.INDENT, f"hash {row.content_hash}")


def imported(console: Console, report: TreeReport, *, file: Path) -> None:
    """Print what a file of another system turned out to be."""
    found = report.imported
    title = f"{file}: {found.name}" if found.name else str(file)
    console.print(plain(title, style="bold"), soft_wrap=True)
    if found.problems:
        rows = ((one.place, one.block, one.reason) for one in found.problems)
        pieces.grid(console, ("Place", "Block", "Refused, because"), rows)
        return
    threshold = found.rebalance.threshold
    drift = f", once a weight is off by {percent(threshold)}" if threshold else ""
    facts = (
        ("trades", f"{found.rebalance.frequency}{drift}"),
        ("rules", f"{report.nodes} different nodes"),
        ("look-back", f"{report.max_lookback} sessions"),
        ("symbols", f"{len(report.symbols)}: {', '.join(report.symbols)}"),
    )
    pieces.grid(console, ("Block", ">Count"), ((kind, str(count)) for kind, count in found.blocks))
    for name, value in facts:
        console.print(plain(f"{name:<12}{value}"), soft_wrap=True)
    console.print("supported: every block is")


def written(console: Console, report: TreeReport, *, file: Path, lines: str) -> None:
    """Print where rules were written, and what to put into the configuration."""
    rules = f"{report.nodes} different nodes, {len(report.symbols)} symbols"
    console.print(plain(f"Wrote {file}: {rules}."), soft_wrap=True)
    console.print("Put this into alchemiser.toml:\n")
    console.print(plain(lines), soft_wrap=True)
