"""How liquid symbols have been, for a venue that is simulated."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from alchemiser.domain.orders.working import Liquidity
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.venue_model.liquidity import LiquidityTable
from alchemiser.ports.market_data import MarketDataPort


@dataclass(slots=True, eq=False)
class PastLiquidity:
    """Measure bars once for each symbol, and again where a later session is asked for.

    Attributes:
        market: Has the bars.
        through: The last session that will be asked for, where it is known and all bars are there.
    """

    market: MarketDataPort
    through: date | None = None
    _tables: dict[Symbol, tuple[date, LiquidityTable]] = field(init=False, default_factory=dict)

    def __call__(self, name: Symbol, day: date) -> Liquidity:
        """Return what is known of `name` as the session of `day` begins.

        Raises:
            InputError: When the source breaks its contract.
            PortUnavailableError: When it cannot be reached.
        """
        needed = day - timedelta(days=1)
        known = self._tables.get(name)
        if known is None or known[0] < needed:
            last = max(needed, self.through or needed)
            panel = self.market.bars((name,), through=last)
            prices = panel.close if panel.raw_close is None else panel.raw_close
            known = last, LiquidityTable.of(panel, prices)
            self._tables[name] = known
        return known[1].liquidity(name, day)
