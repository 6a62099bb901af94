"""From how much work on the compiled kernel pays."""

import pytest

from alchemiser.container import build_kernels
from alchemiser.container.kernels import LEAST
from alchemiser.domain.fast.kernel import sessions


def hear() -> None:
    """Hear that something is compiled."""


def test_the_compiler_is_loaded_once_for_all_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer cells than pay for it run as arrays; of two hundred runs, each saves a part."""
    pytest.importorskip("numba")
    kernel_of = "alchemiser.adapters.kernels.kept._kernel"
    monkeypatch.setattr(kernel_of, lambda *_: sessions.run)

    alone, many = build_kernels(hear), build_kernels(hear, 200)

    assert alone is not None
    assert many is not None
    assert alone.kernel_for(LEAST - 1) is None
    assert alone.kernel_for(LEAST) is sessions.run
    assert many.kernel_for(LEAST // 200 - 1) is None
    assert many.kernel_for(LEAST // 200) is sessions.run
