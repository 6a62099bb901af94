"""What the release of orders rests on: account and latest quotes, as far as they can be read."""

from collections.abc import Callable, Collection
from decimal import Decimal

from alchemiser.application.engine import Engine
from alchemiser.domain.execution.messages import InputsArrived
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.ports.errors import AuthenticationError, PortError


async def read_release(
    engine: Engine, symbols: Collection[Symbol], cash: Callable[[], Decimal]
) -> InputsArrived:
    """Read account and quotes; what cannot be read is left out and refused by the gate.

    Args:
        engine: Whose ports are asked.
        symbols: What is to be released; what is held is read besides.
        cash: Tells what the books have, dollars; asked last.

    Raises:
        AuthenticationError: When the broker refuses the key: that is no reason of single orders.
    """
    try:
        account = await engine.calls.call(engine.broker.account)
    except AuthenticationError:
        raise
    except PortError:
        account = None
    held = () if account is None else account.positions
    names = sorted({*symbols, *(row.symbol for row in held)})
    now = engine.clock.now()
    try:
        quotes = await engine.calls.call(lambda: engine.market.quotes(names, at=now))
    except AuthenticationError:
        raise
    except PortError:
        quotes = ()
    return InputsArrived(at=engine.clock.now(), account=account, cash=cash(), quotes=quotes)
