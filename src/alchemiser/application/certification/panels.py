"""The markets that a strategy is tried on: made up, with every weather in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.columns import COLUMNS, panel_columns, panel_from_columns
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import Floats
from alchemiser.ports.chance import ChancePort

PRICES: Final = ("close", "open", "high", "low", "raw_close")
_BETAS: Final = (1.0, -1.0, 0.5, 3.0, -0.1, 1.5, -3.0, 0.8, 2.0)
_SEGMENT: Final = 24
"""Sessions that one weather lasts."""
_WEATHER: Final = (
    # drift and volatility of the market, fractions a session
    (0.0006, 0.005),
    (0.0004, 0.008),
    (-0.0005, 0.022),
    (-0.016, 0.018),  # crash
    (0.013, 0.010),  # rally
)
_PULL: Final = 0.02
_STILL: Final = 0.25
_CENTS: Final = 100

Cells = NDArray[np.bool_]


def made_up(
    chance: ChancePort,
    stream: str,
    days: Sequence[date],
    names: Iterable[Symbol],
    *,
    rough: bool = False,
) -> BarPanel:
    """Return bars of `names` with calm, storm, crash and rally.

    Args:
        chance: What draws them.
        stream: Another one is another market.
        days: The sessions.
        names: The symbols; bars of one do not depend on which others there are.
        rough: Whether to add what markets rarely do: prices that stand still, and symbols that
            move exactly alike.
    """
    symbols, count = tuple(sorted(set(names))), len(days)
    market = _market(chance, stream, count)
    columns: dict[str, list[Floats]] = {name: [] for name in COLUMNS}
    for name in symbols:
        own = "all" if rough and len(name) % 2 else name
        for column, values in _bars(chance, f"{stream}/{own}", market, rough=rough).items():
            columns[column].append(values)
    stacked = {
        name: np.column_stack(parts) if parts else np.empty((count, 0))
        for name, parts in columns.items()
    }
    return panel_from_columns(sessions=tuple(days), symbols=symbols, columns=stacked)


def with_columns(panel: BarPanel, columns: Mapping[str, Floats]) -> BarPanel:
    """Return the panel with other numbers in the same places."""
    return replace(panel, **columns)  # type: ignore[arg-type]  # their names are the panel's own


def hidden(panel: BarPanel, cells: Cells) -> BarPanel:
    """Return the panel without a bar in `cells`, bool (T, N)."""
    return with_columns(
        panel,
        {name: np.where(cells, np.nan, array) for name, array in panel_columns(panel).items()},
    )


def since(panel: BarPanel, row: int) -> BarPanel:
    """Return the panel from `row` on."""
    parts = {name: array[row:] for name, array in panel_columns(panel).items()}
    blocked = None if panel.blocked is None else panel.blocked[row:]
    return replace(panel, sessions=panel.sessions[row:], blocked=blocked, **parts)  # type: ignore[arg-type]


def beside(panel: BarPanel, other: BarPanel) -> BarPanel:
    """Return the panel with the symbols of `other`, which has the same sessions, among its own."""
    symbols = (*panel.symbols, *other.symbols)
    order = sorted(range(len(symbols)), key=lambda place: symbols[place])
    theirs = panel_columns(other)
    parts = {
        name: np.hstack((array, theirs[name]))[:, order]
        for name, array in panel_columns(panel).items()
        if name in theirs
    }
    parts |= {name: None for name in COLUMNS if name not in parts}  # type: ignore[misc]
    return replace(panel, symbols=tuple(symbols[place] for place in order), **parts)  # type: ignore[arg-type]


def weekdays_until(last: date, count: int) -> tuple[date, ...]:
    """Return `count` days from Monday to Friday, ascending, the last of which is `last`."""
    days = [last]
    while len(days) < count:
        day = days[-1] - timedelta(days=1)
        while day.weekday() > 4:  # noqa: PLR2004 - Friday
            day -= timedelta(days=1)
        days.append(day)
    return tuple(reversed(days))


def weekdays_after(last: date, count: int) -> tuple[date, ...]:
    """Return the `count` days from Monday to Friday that follow `last`."""
    days: list[date] = []
    day = last
    while len(days) < count:
        day += timedelta(days=1)
        if day.weekday() <= 4:  # noqa: PLR2004 - Friday
            days.append(day)
    return tuple(days)


def _market(chance: ChancePort, stream: str, count: int) -> Floats:
    """Return what the whole market gains each session, a fraction."""
    kinds = (len(_WEATHER) * chance.uniform(f"{stream}/weather", count)).astype(int)
    weather = np.array(_WEATHER)[kinds[np.arange(count) // _SEGMENT]]
    gains: Floats = weather[:, 0] + weather[:, 1] * chance.normal(f"{stream}/market", count)
    return gains


def _bars(chance: ChancePort, stream: str, market: Floats, *, rough: bool) -> dict[str, Floats]:
    count = len(market)
    nature = chance.uniform(f"{stream}/nature", 3)
    beta = _BETAS[int(nature[0] * len(_BETAS))]
    gains = beta * market + 0.006 * (1 + nature[1]) * chance.normal(f"{stream}/own", count)
    if rough:
        still = chance.uniform("still", count)[np.arange(count) // 12]
        gains = np.where(still < _STILL, 0.0, gains)
    start = 15 + 300 * nature[2]
    path, level = np.empty(count), 0.0
    for row, gain in enumerate(gains.tolist()):
        level += float(np.log1p(min(max(gain, -0.3), 0.45))) - (0 if gain == 0 else _PULL * level)
        path[row] = start * np.exp(level)
    close = _cents(path)
    parts = [chance.uniform(f"{stream}/{part}", count) for part in ("open", "high", "low", "size")]
    before = np.concatenate((close[:1], close[:-1]))
    opened = _cents(before + parts[0] * (close - before))
    return {
        "close": close,
        "open": opened,
        "high": _cents(np.maximum(opened, close) * (1 + 0.01 * parts[1])),
        "low": _cents(np.minimum(opened, close) * (1 - 0.01 * parts[2])),
        "raw_close": close,
        "volume": np.rint(1e6 * (0.5 + parts[3])),
    }


def _cents(prices: Floats) -> Floats:
    cents: Floats = np.maximum(np.rint(prices * _CENTS), 1.0)
    return cents / _CENTS
