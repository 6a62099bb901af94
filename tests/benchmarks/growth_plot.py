"""Draw what a cell costs at each size, on logarithmic axes, as an SVG that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil, floor, log10
from typing import Final

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 78, 150, 52, 62
COLOURS: Final = ("#0b6e4f", "#2a6fb0", "#b5651d", "#8a3f8f", "#a02c2c", "#4a4a4a")
"""One a curve, in their order; dark enough on white, and never fewer than there are engines."""


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one size.

    Attributes:
        cells: Symbols times sessions.
        symbols: How many symbols.
        nanoseconds: What a cell took.
    """

    cells: int
    symbols: int
    nanoseconds: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Hold what one engine took, its points by symbols and then by sessions."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Axes:
    """Place cells and nanoseconds; the bounds are powers of ten."""

    cells: tuple[int, int]
    costs: tuple[int, int]

    @classmethod
    def around(cls, points: Sequence[Point]) -> "_Axes":
        cells = [log10(one.cells) for one in points]
        costs = [log10(one.nanoseconds) for one in points]
        return cls(
            (floor(min(cells)), ceil(max(cells))),
            (floor(min(costs)), max(ceil(max(costs)), floor(min(costs)) + 1)),
        )

    def across(self, cells: float) -> float:
        low, high = self.cells
        return LEFT + (log10(cells) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def down(self, cost: float) -> float:
        low, high = self.costs
        return HEIGHT - BOTTOM - (log10(cost) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def drawn(curves: Sequence[Curve], about: str) -> str:
    """Return the picture of `curves`, at least one; `about` is a line below it."""
    axes = _Axes.around([point for curve in curves for point in curve.points])
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            'font-family="system-ui, sans-serif" font-size="13" fill="#222">'
        ),
        "<title>What a symbol costs in a session, by the size of the backtest</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 26, "Nanoseconds of one symbol in one session", size=16),
        *_grid(axes),
    ]
    for curve, colour in zip(curves, COLOURS[: len(curves)], strict=True):
        parts += _curve(curve, colour, axes)
    parts += [
        _text(
            LEFT,
            HEIGHT - 24,
            "symbols x sessions of the backtest; a line for each number of "
            "symbols, over 1, 5, 10 and 20 years",
        ),
        _text(LEFT, HEIGHT - 8, about, size=11),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _grid(axes: _Axes) -> list[str]:
    parts = []
    for power in range(axes.costs[0], axes.costs[1] + 1):
        y = axes.down(10.0**power)
        parts += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, f"{10**power:,}", "end")]
    for power in range(axes.cells[0], axes.cells[1] + 1):
        x = axes.across(10.0**power)
        label = f"{10**power:,}"
        parts += [
            _line(x, TOP, x, HEIGHT - BOTTOM),
            _text(x, HEIGHT - BOTTOM + 17, label, "middle"),
        ]
    return parts


def _curve(curve: Curve, colour: str, axes: _Axes) -> list[str]:
    parts = []
    for _, each in groupby(curve.points, key=lambda one: one.symbols):
        places = [(axes.across(one.cells), axes.down(one.nanoseconds)) for one in each]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    last = max(curve.points, key=lambda one: one.cells)
    x, y = axes.across(last.cells) + 10, axes.down(last.nanoseconds) + 4
    return [*parts, _text(x, y, curve.name, colour=colour)]


def _line(x: float, y: float, across: float, down: float) -> str:
    return f'<path d="M{x:.1f} {y:.1f}L{across:.1f} {down:.1f}" stroke="#ddd"/>'


def _text(
    x: float, y: float, words: str, anchor: str = "start", *, size: int = 13, colour: str = "#222"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}">{escape(words)}</text>'
    )
