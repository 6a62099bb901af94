"""What trading costs in the fast engine, by how the owner has orders worked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from alchemiser.application.backtest import BacktestSetup
from alchemiser.domain.fast.auction import Auction, large_from
from alchemiser.domain.fast.costs import charged, costs_of
from alchemiser.domain.fast.inputs import Costs
from alchemiser.domain.orders.working import Algorithm
from alchemiser.domain.values.instrument import Instrument
from alchemiser.domain.values.numbers import Floats
from alchemiser.domain.venue_model.liquidity import LiquidityTable


def costs_for(
    setup: BacktestSetup,
    instruments: Sequence[Instrument],
    days: Sequence[date],
    prices: Floats,
    table: LiquidityTable,
) -> Costs:
    """Return what trading costs at `prices`, with the closing auction where orders wait for it.

    Args:
        setup: The world to run in.
        instruments: N of them.
        days: T sessions.
        prices: float64 (T, N), dollars; NaN where there is none.
        table: What is known of each symbol as those days begin.
    """
    costs = costs_of(setup.venue, instruments, days, prices, table)
    choice, schedule = setup.engine.policy.planning.algorithms, setup.engine.schedule
    usual, large = (one is Algorithm.LIMIT_ON_CLOSE for one in (choice.usual, choice.large))
    if not (usual or large) or not schedule.reaches_auction(choice.auction.ahead()):
        return costs
    buy, sell = charged(setup.venue.fees, days, prices, np.zeros(len(instruments)))
    auction = Auction(
        buy=buy,
        sell=sell,
        large=large_from(table, prices, float(choice.large_impact)),
        usual_waits=usual,
        large_waits=large,
    )
    return replace(costs, auction=auction)
