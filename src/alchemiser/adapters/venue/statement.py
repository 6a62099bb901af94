"""How the account stands, as Alpaca's JSON has it."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from alchemiser.adapters.venue.account import Balance, Holding
from alchemiser.adapters.venue.power import (
    buying_power,
    held_cash,
    held_quantity,
    initial_margin,
    maintenance,
    multiplier,
)
from alchemiser.adapters.venue.wire import EQUITY, Document, moment, money, ratio
from alchemiser.adapters.venue.world import World
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.numbers import ONE, ZERO, plain

_REG_T: Final = Decimal(2)
_NOTHING: Final = (
    "accrued_fees",
    "intraday_adjustments",
    "pending_reg_taf_fees",
    "pending_transfer_in",
    "pending_transfer_out",
)


def account(world: World) -> Document:
    """Return the account."""
    blocked = world.faults.hit("account_blocked") is not None
    times = multiplier(world)
    return {
        "id": world.draws.uuid(_numbered("account", world)),
        "admin_configurations": {},
        "user_configurations": None,
        "account_number": f"PA{world.draws.uuid(_numbered('number', world))[:8].upper()}",
        "status": "ACTIVE",
        "crypto_status": "INACTIVE",
        "options_approved_level": 0,
        "options_trading_level": 0,
        "currency": "USD",
        **_power(world),
        **_values(world),
        "multiplier": plain(times),
        "trading_blocked": blocked,
        "transfers_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": bool(world.configurations["suspend_trade"]),
        "shorting_enabled": times > ONE and not world.configurations["no_shorting"],
        "created_at": moment(world.account.opened_at),
        "balance_asof": f"{world.timetable.previous(world.moment).day}",
        **dict.fromkeys(_NOTHING, "0"),
    }


def _numbered(name: str, world: World) -> str:
    """Return `name`, another for each account that there was."""
    return f"{name}|{world.resets}" if world.resets else name


def _power(world: World) -> Document:
    balance = world.account.balance
    excess = max(ZERO, balance.equity(world.mark) - initial_margin(world))
    power, spendable = buying_power(world), max(ZERO, balance.cash - held_cash(world))
    return {
        "buying_power": money(power),
        "regt_buying_power": money(excess * _REG_T),
        "effective_buying_power": money(power),
        "non_marginable_buying_power": money(spendable),
        "options_buying_power": money(spendable),
        "sma": money(excess),
        "initial_margin": money(initial_margin(world)),
        "maintenance_margin": money(maintenance(world)),
        "last_maintenance_margin": money(world.account.last_maintenance),
    }


def _values(world: World) -> Document:
    balance = seen_balance(world)
    long_value, short_value = balance.long_value(world.mark), balance.short_value(world.mark)
    equity = money(balance.equity(world.mark))
    return {
        "portfolio_value": equity,
        "equity": equity,
        "last_equity": money(world.account.last_equity),
        "cash": money(balance.cash),
        "long_market_value": money(long_value),
        "short_market_value": money(short_value),
        "position_market_value": money(long_value - short_value),
    }


def positions(world: World) -> list[Document]:
    """Return every position, sorted by ticker."""
    return [
        position(world, name, one) for name, one in sorted(seen_balance(world).holdings.items())
    ]


def seen_balance(world: World) -> Balance:
    """Return the balance that clients are shown: it may lag behind."""
    lag = world.faults.hit("positions_lag")
    if lag is None:
        return world.account.balance
    return world.account.as_of(world.moment - timedelta(seconds=lag.seconds))


def position(world: World, name: Symbol, held: Holding) -> Document:
    """Return one position."""
    listing = world.asset(name)
    price = world.mark(name)
    value, last_day = held.quantity * price, last_close(world, name) or price
    gained = value - held.cost
    today = held.quantity * (price - last_day)
    return {
        "asset_id": listing.id,
        "symbol": name,
        "exchange": listing.exchange,
        "asset_class": EQUITY,
        "asset_marginable": True,
        "qty": plain(held.quantity),
        "avg_entry_price": plain(round(held.average_price(), 9)),
        "side": "long" if held.quantity > 0 else "short",
        "market_value": money(value),
        "cost_basis": money(held.cost),
        "unrealized_pl": money(gained),
        "unrealized_plpc": ratio(gained, abs(held.cost)),
        "unrealized_intraday_pl": money(today),
        "unrealized_intraday_plpc": ratio(today, abs(held.quantity * last_day)),
        "current_price": plain(price),
        "lastday_price": plain(last_day),
        "change_today": ratio(price - last_day, last_day),
        "qty_available": plain(_available(world, name, held.quantity)),
    }


def last_close(world: World, name: Symbol) -> Decimal | None:
    """Return the last price of the session before this one, dollars, or None without any."""
    session = world.timetable.previous(world.moment)
    quote = world.market.quote(name, session.close_at)
    return None if quote is None else quote.last


def _available(world: World, name: Symbol, quantity: Decimal) -> Decimal:
    reserved = held_quantity(world, name)
    return quantity - reserved if quantity > 0 else quantity + reserved
