"""What happens in the account by other hands: transfers, dividends, splits, busts."""

from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.activities import Activity, activity_id
from alchemiser.adapters.venue.orders import Execution, Order, Status
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ZERO, cents

SPLIT: Final = "SPLIT"
DIVIDEND: Final = "DIV"
KINDS: Final = frozenset({
    *("ACATC", "ACATS", "CFEE", "CGD", "CSD", "CSW", "DIV", "DIVFEE", "DIVNRA", "DIVROC"),
    *("FEE", "INT", "JNLC", "JNLS", "MISC", "NC", "PTC", "REORG", "SPIN", "SPLIT", "TRANS"),
})


def book(
    world: World,
    kind: str,
    *,
    name: Symbol | None = None,
    amount: Decimal | None = None,
    per_share: Decimal | None = None,
    ratio: Decimal | None = None,
) -> Activity:
    """Change the account by what is no trade, and list it among the activities.

    Args:
        world: The venue.
        kind: Alpaca's word for it, such as `CSD` for a deposit.
        name: The ticker, or None.
        amount: Dollars that come, or go where negative; a dividend's follow from `per_share`.
        per_share: Dollars a share of a dividend.
        ratio: Shares that a split gives for one.

    Raises:
        InvalidValueError: When something is missing, or makes no sense.
    """
    if kind not in KINDS:
        msg = f"there is no kind of activity {kind!r}: it is one of {', '.join(sorted(KINDS))}."
        raise InvalidValueError(msg)
    balance = world.account.balance
    held = ZERO if name is None else balance.quantity(name)
    quantity = None
    if kind == SPLIT:
        quantity = _split(world, name, ratio, held)
    elif kind == DIVIDEND and per_share is not None:
        amount, quantity = cents(held * per_share), held
    elif amount is None:
        msg = f"{kind} needs net_amount, in dollars."
        raise InvalidValueError(msg)
    cash = cents(amount or ZERO)
    if cash:
        world.account.move_to(world.account.balance.credited(world.moment, cash))
    number = len(world.activities)
    activity = Activity(
        id=activity_id(world.moment, world.draws.uuid(f"booked|{number}")),
        kind=kind,
        at=world.moment,
        net_amount=cash,
        symbol=name,
        quantity=quantity,
        per_share_amount=per_share,
        description=f"{kind} {name or ''}".strip(),
    )
    world.activities.append(activity)
    return activity


def bust(world: World, order: Order, execution: Execution) -> None:
    """Take back a fill: shares, cash and the activity go."""
    _check(execution)
    _reverse(world, order, execution)
    execution.busted = True
    world.activities = [one for one in world.activities if one.execution is not execution]
    if order.status is Status.FILLED:
        order.status = Status.CANCELED
        order.moments["canceled_at"] = world.moment
    world.publish("trade_bust", order, execution)


def correct(world: World, order: Order, execution: Execution, price: Decimal) -> None:
    """Change the price of a fill, and the cash with it."""
    _check(execution)
    _reverse(world, order, execution)
    execution.price = price
    _trade(world, order, execution.quantity * order.side.sign(), price)
    world.publish("trade_correct", order, execution)


def _check(execution: Execution) -> None:
    if execution.busted:
        msg = f"the execution {execution.execution_id} was taken back already."
        raise InvalidValueError(msg)


def _reverse(world: World, order: Order, execution: Execution) -> None:
    _trade(world, order, -execution.quantity * order.side.sign(), execution.price)


def _trade(world: World, order: Order, quantity: Decimal, price: Decimal) -> None:
    world.account.move_to(world.account.balance.traded(world.moment, order.symbol, quantity, price))


def _split(world: World, name: Symbol | None, ratio: Decimal | None, held: Decimal) -> Decimal:
    if name is None or ratio is None or ratio <= 0:
        msg = "a split needs symbol and ratio, the shares given for one."
        raise InvalidValueError(msg)
    world.account.move_to(world.account.balance.split(world.moment, name, ratio))
    return world.account.balance.quantity(name) - held
