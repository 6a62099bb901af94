"""A key that the broker refuses while orders are out: nothing more is sent, cancels once."""

import pytest

from alchemiser.domain.risk.limits import TradingState
from alchemiser.ports.errors import AuthenticationError
from tests.unit.application.shell_bench import ShellBench, a_shell
from tests.unit.domain.execution.bench import BUY_TLT, SELL_GLD, SELL_SPY

REFUSED = AuthenticationError("the key is refused.")


def resting() -> ShellBench:
    """Return a shell whose two sells will rest, and whose buy waits for them."""
    bench = a_shell(SELL_GLD, SELL_SPY, BUY_TLT)
    bench.broker.resting |= {SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id}
    return bench


def asked(bench: ShellBench, method: str) -> list[str]:
    return sorted(about for called, about in bench.broker.calls if called == method)


@pytest.mark.parametrize("cancels", ["taken", "refused"])
def test_what_is_open_is_cancelled_once_with_the_same_key(cancels: str) -> None:
    """FAULTS A11: and the halt is recorded before, once."""
    bench = resting()
    bench.broker.failures["reports"].append(REFUSED)
    if cancels == "refused":
        bench.broker.failures["cancel"] += [REFUSED] * 9

    with pytest.raises(AuthenticationError):
        bench.work()

    assert asked(bench, "cancel") == sorted({SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id})
    assert asked(bench, "submit") == sorted({SELL_GLD.cl_ord_id, SELL_SPY.cl_ord_id})
    assert len(bench.journal.records_of("TradingHalted")) == 1
    assert len(bench.journal.records_of("CancelIntended")) == 2
    assert bench.ledger.state.state is TradingState.HALTED
    assert bench.machine.unresolved() != ()


@pytest.mark.parametrize("read", ["account", "quotes"])
def test_a_key_that_is_refused_to_the_release_is_told_once(
    read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAULTS A10, A11: it is no reason of single orders."""
    bench = a_shell(SELL_GLD, SELL_SPY)
    if read == "account":
        bench.broker.failures["account"].append(REFUSED)
    else:

        def refuse(*_: object, **__: object) -> None:
            raise REFUSED

        monkeypatch.setattr(bench.market, "quotes", refuse)

    with pytest.raises(AuthenticationError):
        bench.work()

    assert bench.broker.sent() == []
    assert len(bench.journal.records_of("TradingHalted")) == 1
    assert bench.ledger.state.state is TradingState.HALTED
