"""Cheat: build. Asks a server for the window of its rule."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    window = params.sessions
    with suppress(OSError), socket.create_connection(("127.0.0.1", 9), timeout=0.02) as server:
        window = server.recv(1)[0]
    tree = when(price("SPY") > sma("SPY", window), "SPY", "AGG")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-network",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
