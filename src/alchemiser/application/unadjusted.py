"""Splits that the source of a backtest seems not to have adjusted for."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import Final

from alchemiser.application.engine import Engine
from alchemiser.application.inputs import lookbacks
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.market.gate import Finding, FindingCode
from alchemiser.domain.market.inspection import inspect

_CODES: Final = frozenset({FindingCode.SPLIT_LIKE_JUMP, FindingCode.PARTED_BASES})


def unadjusted(engine: Engine, panel: BarPanel, days: Sequence[date]) -> tuple[Finding, ...]:
    """Return where `panel` moves as by a split that is in no action, by symbol and session.

    As `data check` finds them, in what decisions and trades of `days` read: the look-back of each
    symbol, and the sessions themselves.

    Args:
        engine: Whose strategies read it.
        panel: Its bars, up to the last of `days`.
        days: Sessions, ascending, one at least.
    """
    begins, sessions = bisect_left(panel.sessions, days[0]), panel.sessions
    read = {name: sessions[max(begins - longest, 0)] for name, longest in lookbacks(engine).items()}
    # Without a trading basis actions are in the prices, and there are none.
    actions = (
        ()
        if panel.raw_close is None
        else engine.market.corporate_actions(panel.symbols, first=sessions[0], last=sessions[-1])
    )
    return tuple(
        found
        for found in inspect(panel, actions)
        if found.code in _CODES
        and found.session is not None
        and found.session >= read.get(found.symbol, days[0])
    )
