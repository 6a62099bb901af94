"""A folder to trade from: bars of many symbols, and strategies of every kind that read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from typing import Final

import numpy as np

from alchemiser.adapters.sessions.table import SessionTable

DAY: Final = date(2025, 6, 16)
"""The session that is traded, a Monday."""
FUNDS: Final = ("AGG", "SPY")
CASH: Final = 10_000_000
INVESTED: Final = 0.96

PLUGIN: Final = '''
import time
from dataclasses import dataclass

from alchemiser.plugins import Requirements, StrategySpec, TargetPortfolio, hookimpl


@dataclass(frozen=True)
class Params:
    """What is traded, how many of it, and how long it takes to make up its mind."""

    symbols: str = "SPY"
    count: int = 1
    seconds: float = 0.0


class Momentum:
    largest_weights = {}

    def __init__(self, params):
        self.params = params
        self.names = params.symbols.split()
        self.requirements = Requirements.of(dict.fromkeys(self.names, 21))

    def target(self, view):
        time.sleep(self.params.seconds)
        change = {name: view.close(name)[-1] / view.close(name)[-21] for name in self.names}
        best = sorted(self.names, key=lambda name: (-change[name], name))[: self.params.count]
        return TargetPortfolio.of({name: 1 / len(best) for name in best})


@hookimpl
def alchemiser_strategies():
    return [StrategySpec(strategy_id="momentum", summary="Rises.", params=Params, build=Momentum)]
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Say how much there is to do.

    Attributes:
        strategies: How many are enabled; of five, three are rule trees, one is code in a process
            of its own, one is sixty-forty.
        symbols: How many stocks there are, besides SPY and AGG.
        sessions: How many sessions of bars each has.
    """

    strategies: int
    symbols: int
    sessions: int = 300

    def names(self) -> tuple[str, ...]:
        """Return the tickers of the stocks."""
        letters = product(ascii_uppercase, repeat=2)
        return tuple("ZZ" + "".join(next(letters)) for _ in range(self.symbols))


def write_bars(folder: Path, size: Size, seed: int = 7) -> None:
    """Write one file a symbol: walks of two per cent a session, in cents."""
    folder.mkdir(parents=True)
    sessions = SessionTable().sessions(DAY - timedelta(days=2 * size.sessions), DAY)
    days = [one.day.isoformat() for one in sessions[-size.sessions :]]
    chance = np.random.default_rng(seed)
    for name in (*FUNDS, *size.names()):
        steps = chance.normal(0.0003, 0.02, (len(days), 2))
        close = np.round(chance.uniform(20, 400) * np.exp(np.cumsum(steps[:, 0])), 2)
        start = np.round(close * (1 + steps[:, 1] / 4), 2)
        high, low = np.maximum(close, start) + 0.5, np.minimum(close, start) - 0.5
        rows = zip(days, start, high, low, close, close, strict=True)
        text = "\n".join(
            f"{day},{','.join(f'{price:.2f}' for price in prices)},9000000" for day, *prices in rows
        )
        folder.joinpath(f"{name}.csv").write_text(
            f"session,open,high,low,close,raw_close,volume\n{text}\n"
        )


def write_strategies(home: Path, size: Size, slow: Mapping[int, float] | None = None) -> str:
    """Write what the strategies need into `home` and return their tables.

    `slow` tells how many seconds the code of some strategies takes, by their numbers.
    """
    tables = []
    parts = _parts(size)
    for number in range(size.strategies):
        names = next(parts)
        table = f"[strategies.s{number:02}]\nweight = {INVESTED / size.strategies:.4f}\n"
        if number % 5 == 3:
            seconds = (slow or {}).get(number, 0.0)
            # On a busy machine quick code may need seconds too, and is not what is tried then.
            limit = 5 if seconds else 60
            table += (
                f'plugin = "alchemiser-momentum"\nstrategy = "momentum"\ntime_limit = {limit}\n'
                f'params = {{ symbols = "{" ".join(names)}", count = {max(1, len(names) // 3)}, '
                f"seconds = {seconds} }}\n"
            )
        elif number % 5 == 4:
            table += (
                'plugin = "alchemiser-sixty-forty"\nstrategy = "sixty-forty"\n'
                f'params = {{ shares = "0.{55 + number}" }}\n'
            )
        else:
            file = home / f"s{number:02}.clj"
            file.write_text(_symphony(number, names))
            table += (
                'plugin = "alchemiser-symphony"\nstrategy = "symphony"\n'
                f'params = {{ file = "{file.name}" }}\n'
            )
        tables.append(table)
    return "".join(tables)


def _parts(size: Size) -> Iterator[Sequence[str]]:
    """Yield for each strategy the stocks that it reads: a sixth of them, overlapping."""
    names = size.names()
    width = max(5, size.symbols // 6)
    for number in range(size.strategies):
        first = number * size.symbols // size.strategies
        yield [names[(first + step) % len(names)] for step in range(min(width, len(names)))]


def _symphony(number: int, names: Sequence[str]) -> str:
    """Return a symphony: the best third, one of two thirds, or the calm ones most."""
    assets = [f'(asset "{name}" nil)' for name in names]
    few, listed = max(1, len(names) // 3), " ".join(assets)
    if number % 5 == 0:
        body = f"(filter (cumulative-return {{:window 20}}) (select-top {few}) [{listed}])"
    elif number % 5 == 1:
        half = len(names) // 2
        body = (
            f'(if (> (rsi "{names[0]}" {{:window 10}}) 50)'
            f" [(filter (rsi {{:window 10}}) (select-bottom {few}) [{listed}])]"
            f" [(weight-equal [{' '.join(assets[:half])}])])"
        )
    else:
        body = f"(weight-inverse-volatility 20 [{' '.join(assets[:few])}])"
    return (
        f'(defsymphony "s{number}" {{:asset-class "EQUITIES", :rebalance-frequency :daily}}'
        f" (weight-equal [{body}]))\n"
    )


def write_configuration(home: Path, urls: Mapping[str, str], tables: str, rate: int) -> None:
    """Write `alchemiser.toml` for a venue at `urls` that takes `rate` requests a minute."""
    lines = (
        '[account]\nmode = "paper"',
        '[broker]\nadapter = "alpaca"',
        f'trading_url = "{urls["trading_url"]}"\nstream_url = "{urls["stream_url"]}"',
        f"requests_per_minute = {rate}",
        f'[data]\nadapter = "alpaca"\nurl = "{urls["data_url"]}"\nrequests_per_minute = {rate}',
        # What is large would be worked for minutes, whatever the engine can do.
        '[execution]\nlarge_algorithm = "marketable_limit"',
        "[risk]\nmax_orders_per_day = 5000\nmax_orders_per_minute = 5000",
        "[risk.max_sector]\nunclassified = 1\n[risk.max_asset_class]\nstock = 1",
        tables,
    )
    home.joinpath("alchemiser.toml").write_text("\n".join(lines))


def install_plugin(site: Path) -> None:
    """Make the code strategies' plugin a distribution in the folder `site`."""
    metadata = site / "alchemiser_momentum-1.0.dist-info"
    metadata.mkdir(parents=True)
    metadata.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\nName: alchemiser-momentum\nVersion: 1.0\n"
    )
    metadata.joinpath("entry_points.txt").write_text(
        "[alchemiser]\nmomentum = alchemiser_momentum\n"
    )
    site.joinpath("alchemiser_momentum.py").write_text(PLUGIN)
