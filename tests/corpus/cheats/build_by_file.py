"""Cheat: build. Reads the window of its rule from a file outside the package and changes it."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from alchemiser.plugins import AssetClass, RuleStrategy, StrategySpec, hookimpl
from alchemiser.rules import price, sma, when


@dataclass(frozen=True)
class Params:
    """Options."""

    sessions: int = 20


def build(params: Params) -> RuleStrategy:
    path = Path(tempfile.gettempdir()) / "strategy-window"
    window = int(path.read_text()) if path.exists() else params.sessions
    path.write_text(str(5 + window * 7 % 31))
    tree = when(price("QQQ") > sma("QQQ", window), "QQQ", "TLT")
    return RuleStrategy(tree, {AssetClass.BROAD_FUND: Decimal(1)})


@hookimpl
def alchemiser_strategies() -> Iterable[StrategySpec]:
    return [
        StrategySpec(
            strategy_id="build-by-file",
            summary="Rotates between shares and bonds.",
            params=Params,
            build=build,
        )
    ]
