"""Order -> net intent -> weight -> branch -> indicator: why an order came to be."""

from typing import Final

from alchemiser.application.engine import Engine
from alchemiser.application.ledger import Ledger
from alchemiser.application.outcome import order_lines, strategy_line
from alchemiser.application.report import Explanation
from alchemiser.application.worked import every_cycle
from alchemiser.domain.journal.cycle_state import CycleState
from alchemiser.domain.journal.records import CycleKind
from alchemiser.domain.values.errors import SettingsError
from alchemiser.domain.values.identifiers import StrategyId

BY_ORDER: Final = "everything was to be sold, by order"


def explain(engine: Engine, name: str) -> Explanation:
    """Return why the order or cycle called `name` came to be.

    Raises:
        SettingsError: When the journal knows no such order or cycle.
    """
    for cycle in every_cycle(Ledger(engine.journal).state):
        if cycle.plan is None and not cycle.answers:
            continue
        orders = order_lines(cycle)
        chosen = [line for line in orders if line.cl_ord_id == name]
        if name == cycle.started.cycle_id:
            return _explanation(cycle, {line.symbol for line in orders})
        if chosen:
            return _explanation(cycle, {chosen[0].symbol})
    msg = f"the journal knows no order or cycle {name!r}: see `alchemiser orders`."
    raise SettingsError(msg)


def _explanation(cycle: CycleState, symbols: set[str]) -> Explanation:
    contributions = tuple(row for row in cycle.contributions if row.symbol in symbols)
    wanting = {StrategyId(row.book) for row in contributions}
    if not cycle.contributions:  # nothing was planned, since no strategy decided
        wanting |= cycle.answers.keys()
    return Explanation(
        cycle_id=cycle.started.cycle_id,
        session=cycle.started.session,
        orders=tuple(line for line in order_lines(cycle) if line.symbol in symbols),
        contributions=contributions,
        strategies=tuple(
            strategy_line(cycle.answers[name]) for name in sorted(cycle.answers) if name in wanting
        ),
        limited=tuple(row for row in cycle.limited if row.symbol in symbols),
        reason=BY_ORDER if cycle.started.kind is CycleKind.LIQUIDATION else "",
        sources=(*(() if cycle.sources is None else (cycle.sources,)), *cycle.dissents),
    )
