"""A strategy may break its own book's day, and nothing else."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, getcontext

import numpy as np
import pytest

from alchemiser.adapters.plugin_loader import ContainedRunner
from alchemiser.application.engine import EnabledStrategy
from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.portfolio.consolidation import Failed, StrategyOutcome
from alchemiser.domain.rules.decision import Decided, Undecided
from alchemiser.domain.rules.requirements import Requirements
from alchemiser.domain.rules.view import MarketView
from alchemiser.domain.values.errors import UndecidedError
from alchemiser.domain.values.identifiers import StrategyId, Symbol
from alchemiser.domain.values.instrument import AssetClass
from alchemiser.domain.values.target import TargetPortfolio
from alchemiser.ports.strategy import Strategy


class FreeForm:
    """Want what a function answers."""

    def __init__(self, answer: Callable[[MarketView], object]) -> None:
        self._answer = answer
        self.requirements = Requirements(((Symbol("AGG"), 1), (Symbol("SPY"), 3)))
        self.largest_weights: Mapping[AssetClass, Decimal] = {}

    def target(self, view: MarketView) -> TargetPortfolio:
        """Return whatever the function returns, portfolio or not."""
        return self._answer(view)  # type: ignore[return-value]


class Vague(FreeForm):
    """Forget what it needs."""

    def __init__(self) -> None:
        super().__init__(lambda _: TargetPortfolio.of({"SPY": 1}))
        del self.requirements


def _run(strategy: Strategy) -> StrategyOutcome:
    enabled = EnabledStrategy(
        strategy_id=StrategyId("free"), weight=Decimal(1), strategy=strategy, content_hash=""
    )
    return ContainedRunner().run(enabled, _view())


def _view() -> MarketView:
    sessions = (date(2024, 8, 2), date(2024, 8, 5))
    panel = BarPanel(
        sessions=sessions, symbols=(Symbol("SPY"),), close=np.array([[531.7], [517.4]])
    )
    return MarketView(panel, 1)


def _fail(error: BaseException) -> object:
    raise error


def test_a_target_is_passed_on() -> None:
    target = TargetPortfolio.of({"SPY": 0.7, "AGG": 0.2})

    outcome = _run(FreeForm(lambda _: target))

    assert outcome == Decided(target=target)


def test_a_strategy_that_cannot_decide_is_undecided() -> None:
    strategy = FreeForm(lambda _: _fail(UndecidedError("SPY is too young")))

    assert _run(strategy) == Undecided(reason="SPY is too young")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda _: 1 / 0, "raised ZeroDivisionError: division by zero"),
        (lambda _: _fail(SystemExit(3)), "raised SystemExit: 3"),
        (lambda _: _fail(ValueError("two\nlines")), "raised ValueError: two lines"),
        (lambda _: _fail(KeyError()), "raised KeyError: mend"),
        (lambda view: view.close("QQQ"), "raised InvalidValueError: QQQ is not in view"),
        (lambda view: np.copyto(view.close("SPY"), 1.0), "raised ValueError"),
        (lambda _: TargetPortfolio.of({"SPY": float("nan")}), "raised InvalidValueError"),
        (lambda _: TargetPortfolio.of({"SPY": 0.7, "AGG": 0.4}), "raised InvalidValueError"),
        (lambda _: TargetPortfolio.of({"SPY": -0.1}), "raised InvalidValueError"),
        (lambda _: None, "returned NoneType, not a TargetPortfolio"),
        (lambda _: {"SPY": 1.0}, "returned dict, not a TargetPortfolio"),
        (lambda _: TargetPortfolio.of({"QQQ": 1}), "wants QQQ, which its requirements do not"),
    ],
)
def test_whatever_goes_wrong_is_a_failure_that_names_the_plugin(
    answer: Callable[[MarketView], object], expected: str
) -> None:
    """L01, L03, L04, L06."""
    outcome = _run(FreeForm(answer))

    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith(f"FreeForm of {__name__.partition('.')[0]} ")
    assert expected in outcome.reason
    assert outcome.reason.endswith(
        "mend the plugin, or take the strategy out of the configuration."
    )


def test_a_strategy_that_forgets_its_requirements_fails() -> None:
    outcome = _run(Vague())

    assert isinstance(outcome, Failed)
    assert "cannot tell its requirements" in outcome.reason


def test_an_interrupt_by_the_owner_is_not_contained() -> None:
    with pytest.raises(KeyboardInterrupt):
        _run(FreeForm(lambda _: _fail(KeyboardInterrupt())))


def test_decimal_context_that_a_strategy_changes_is_its_own() -> None:
    """Books are exact only at their own precision."""

    class Coarse:
        requirements = Requirements(lookbacks=())
        largest_weights: Mapping[AssetClass, Decimal] = {}

        def target(self, view: MarketView) -> TargetPortfolio:
            del view
            getcontext().prec = 3
            return TargetPortfolio(())

    outcome = _run(Coarse())

    assert outcome == Decided(target=TargetPortfolio(()))
    assert Decimal(1) / 3 == Decimal("0.3333333333333333333333333333")
