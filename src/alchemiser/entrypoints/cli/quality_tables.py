"""How well orders were worked, for people."""

from rich.console import Console

from alchemiser.application.quality import QualityReport
from alchemiser.entrypoints.cli.pieces import dollars, grid, percent, points, seconds


def print_quality(console: Console, report: QualityReport) -> None:
    """Print how orders were worked: by algorithm, and each."""
    if not report.orders:
        console.print("No orders on record.")
        return
    grid(
        console,
        ("Algorithm", ">Orders", ">Filled", ">Slippage", ">Acknowledged", ">Filled after"),
        (
            (
                row.algorithm,
                str(row.orders),
                percent(row.fill_rate),
                points(row.arrival_slippage),
                seconds(row.acknowledge_seconds),
                seconds(row.fill_seconds),
            )
            for row in report.algorithms
        ),
    )
    grid(
        console,
        ("Session", "Order", ">Filled", ">Arrival", ">Average", ">Slippage", ">Sent"),
        (
            (
                str(row.session),
                f"{row.side} {row.symbol}",
                percent(row.filled / row.quantity),
                dollars(row.arrival_price),
                dollars(row.avg_px),
                points(row.arrival_slippage),
                str(row.children),
            )
            for row in report.orders
        ),
    )
    console.print("Slippage: basis points worse than the middle when the order was first sent.")
