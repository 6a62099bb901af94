"""What happens in the venue's account without an order.

Splits, dividends, mergers, spin-offs, and what its owner does by hand.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.simulated.store import Store
from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.orders.activity import Activity, ActivityKind
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, SHARE, ZERO, cents, finite, positive, round_down
from alchemiser.domain.venue_model.account import reserved_cash, reserved_quantity
from alchemiser.domain.venue_model.settings import FeeSchedule, VenueSettings
from alchemiser.ports.market_data import MarketDataPort

_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Say what the holders of a share are given for it, or besides it.

    Attributes:
        symbol: The share.
        received: What they are given.
        ratio: Shares of it for one share, above zero.
        kept: Whether they keep the share: a spin-off, not a merger.
        cash: Dollars for each share, at or above zero.
    """

    symbol: Symbol
    received: Symbol
    ratio: Decimal
    kept: bool = False
    cash: Decimal = ZERO

    def __post_init__(self) -> None:
        positive(self.ratio, f"the ratio of {self.received} for {self.symbol}")
        if self.received == self.symbol or finite(self.cash, "the cash for a share") < 0:
            msg = f"{self.symbol} can be given neither for itself nor for a debt: {self.cash}."
            raise InvalidValueError(msg)


def perform(store: Store, market: MarketDataPort, day: date, settings: VenueSettings) -> None:
    """Charge interest, split what is held and pay what is owed, up to `day`; each once."""
    through = store.actions_through()
    if through is not None and through >= day:
        return
    if through is not None:
        _charge(store, settings.interest(store.account().cash, (day - through).days), day)
    held = sorted(store.account().positions)
    if held and through is not None:
        for action in market.corporate_actions(held, first=through + _A_DAY, last=day):
            _split(store, action)
            _owe(store, action)
    for pay_day, dividend in store.payable(day):
        book(store, replace(dividend, day=pay_day))
    store.save_actions_through(day)


def book(store: Store, activity: Activity) -> Activity:
    """Change the account by `activity`, and keep it for whoever asks."""
    account = store.account().credited(activity.cash)
    if activity.symbol is not None and activity.quantity:
        account = account.moved(activity.symbol, activity.quantity)
    if activity.received is not None:
        account = account.moved(activity.received, activity.received_quantity)
    store.save_account(account)
    store.add_activity(activity)
    return activity


def transfer(store: Store, fees: FeeSchedule, day: date, cash: Decimal) -> Activity:
    """Put money into the account, or take it out where `cash` is negative.

    Raises:
        InvalidValueError: When there is less to take out, beside what open orders may cost.
    """
    free = _free_cash(store, fees)
    if cash < 0 and free + cash < 0:
        msg = f"the account has {free} dollars to spare: {-cash} cannot be taken out."
        raise InvalidValueError(msg)
    name = f"transfer-{_number(store)}"
    return book(store, Activity(activity_id=name, kind=ActivityKind.TRANSFER, day=day, cash=cash))


def trade(
    store: Store, fees: FeeSchedule, day: date, name: Symbol, quantity: Decimal, price: Decimal
) -> Activity:
    """Buy `quantity` shares at `price` dollars, or sell them where it is negative.

    Raises:
        InvalidValueError: When the account has neither the money nor the shares, beside what open
            orders need.
    """
    cost, held = cents(quantity * price), store.account().positions.get(name, ZERO)
    free = held - reserved_quantity(store.open_orders(), name)
    if (quantity < 0 and free + quantity < 0) or (cost > 0 and _free_cash(store, fees) < cost):
        msg = f"the account can neither pay for nor deliver {quantity} shares of {name}."
        raise InvalidValueError(msg)
    activity = Activity(
        activity_id=f"trade-{_number(store)}",
        kind=ActivityKind.TRADE,
        day=day,
        cash=-cost,
        symbol=name,
        quantity=quantity,
    )
    return book(store, activity)


def exchange(store: Store, day: date, terms: Exchange) -> Activity:
    """Give the account what it is due for its shares of a company that merges or spins one off.

    Raises:
        InvalidValueError: When it holds none, too few for a billionth of a share, or has orders in
            them.
    """
    name, held = terms.symbol, store.account().positions.get(terms.symbol, ZERO)
    given = round_down(held * terms.ratio, SHARE)
    if not given or any(row.order.symbol == name for row in store.open_orders()):
        msg = f"{name} cannot be exchanged: {held} shares are held, or orders in them are open."
        raise InvalidValueError(msg)
    activity = Activity(
        activity_id=f"exchange-{_number(store)}",
        kind=ActivityKind.REORGANISATION,
        day=day,
        cash=cents(held * terms.cash),
        symbol=name,
        quantity=ZERO if terms.kept else -held,
        received=terms.received,
        received_quantity=given,
    )
    return book(store, activity)


def _free_cash(store: Store, fees: FeeSchedule) -> Decimal:
    return store.account().cash - reserved_cash(store.open_orders(), fees)


def _charge(store: Store, interest: Decimal, day: date) -> None:
    if interest:
        name, kind = f"interest-{day}", ActivityKind.INTEREST
        book(store, Activity(activity_id=name, kind=kind, day=day, cash=-interest))


def _split(store: Store, action: CorporateAction) -> None:
    before = store.account()
    if action.split == ONE or action.symbol not in before.positions:
        return
    after = before.split(action.symbol, action.split)
    store.save_account(after)
    quantity = after.positions.get(action.symbol, ZERO) - before.positions[action.symbol]
    store.add_activity(
        Activity(
            activity_id=f"split-{action.symbol}-{action.ex_day}",
            kind=ActivityKind.SPLIT,
            day=action.ex_day,
            symbol=action.symbol,
            quantity=quantity,
        )
    )


def _owe(store: Store, action: CorporateAction) -> None:
    """Owe a dividend to what is held as the ex-day begins: those who buy later get nothing."""
    cash = cents(store.account().positions.get(action.symbol, ZERO) * action.dividend)
    if not cash:
        return
    dividend = Activity(
        activity_id=f"dividend-{action.symbol}-{action.ex_day}",
        kind=ActivityKind.DIVIDEND,
        day=action.ex_day,
        cash=cash,
        symbol=action.symbol,
    )
    store.owe(dividend, action.pay_day or action.ex_day)


def _number(store: Store) -> int:
    return len(store.activities(date.min)) + 1
