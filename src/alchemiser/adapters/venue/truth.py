"""The venue's own truth, for tests: no fault touches it."""

from alchemiser.adapters.venue import wire
from alchemiser.adapters.venue.orders import Order
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.numbers import plain


def truth(world: World) -> wire.Document:
    """Return orders, executions, cash, positions and activities as they are."""
    balance = world.account.balance
    return {
        "now": wire.moment(world.moment),
        "cash": wire.money(balance.cash),
        "equity": wire.money(balance.equity(world.mark)),
        "positions": {
            name: plain(held.quantity) for name, held in sorted(balance.holdings.items())
        },
        "orders": [wire.order(one, world) for one in world.orders],
        "executions": [row for one in world.orders for row in _executions(one)],
        "activities": [wire.activity(one) for one in world.activities],
    }


def _executions(order: Order) -> list[wire.Document]:
    return [
        {
            "execution_id": one.execution_id,
            "order_id": order.id,
            "client_order_id": order.client_order_id,
            "symbol": order.symbol,
            "side": order.side.value,
            "qty": plain(one.quantity),
            "price": plain(one.price),
            "at": wire.moment(one.at),
            "busted": one.busted,
        }
        for one in order.executions
    ]
