"""From how much work on the compiled kernel pays."""

import pytest

from alchemiser.container import build_kernels
from alchemiser.container.kernels import LEAST
from alchemiser.domain.fast.kernel import sessions
from alchemiser.domain.market.indicators import series
from alchemiser.domain.rules.measuring import ByLoop
from alchemiser.domain.rules.program import loops
from alchemiser.domain.rules.program.running import Loops


def hear() -> None:
    """Hear that something is compiled."""


def test_the_compiler_is_loaded_once_for_all_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer cells than pay for it run as arrays; of two hundred runs, each saves a part."""
    pytest.importorskip("numba")
    monkeypatch.setattr("alchemiser.adapters.compiled.kept._compiled", lambda _, loop, __: loop)

    alone, many = build_kernels(hear), build_kernels(hear, 200)

    assert alone is not None
    assert many is not None
    assert alone.kernel_for(LEAST - 1) is None
    assert alone.kernel_for(LEAST) is sessions.run
    assert many.kernel_for(LEAST // 200 - 1) is None
    assert many.kernel_for(LEAST // 200) is sessions.run
    assert alone.loops_for(LEAST - 1) is None
    assert alone.loops_for(LEAST) == Loops(ByLoop(series.measure), loops.run)
