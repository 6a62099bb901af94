"""What must hold after a day with faults, and how an owner brings the account to rest."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alchemiser.application.ledger import Ledger
from alchemiser.domain.risk.limits import TradingState
from tests.faults.lockstep import Account

FINISHED, SKIPPED = 0, 3
TRIES = 8
LATER = timedelta(minutes=2)


def settle(account: Account, day: date) -> list[int]:
    """Let the faults end, and do what an owner does: run again, look, resume; return exit codes."""
    account.venue.document("DELETE", "/control/faults")
    codes: list[int] = []
    for _ in range(TRIES):
        account.clock.advance_to(account.clock.now() + LATER)
        codes.append(account.run(day).exit_code)
        if account.state() is not TradingState.ACTIVE:
            account.resume()
        elif codes[-1] in {FINISHED, SKIPPED}:
            break
    return codes


def faults_of(account: Account) -> list[str]:
    """Return everything about the account that must not be: duplicates, losses, strangers."""
    truth = account.truth()
    return [*_duplicates(account, truth), *_differences(account, truth)]


def _duplicates(account: Account, truth: dict[str, Any]) -> list[str]:
    """No order twice, none that the journal does not know, none beyond what was planned."""
    names = [row["client_order_id"] for row in truth["orders"]]
    found = [f"{name} stands twice" for name, times in Counter(names).items() if times > 1]
    filled = {
        row["client_order_id"]: Decimal(row["filled_qty"])
        for row in truth["orders"]
        if row["client_order_id"].startswith("alc-")
    }
    state = Ledger(account.engine.journal).state
    known = {str(child) for cycle in state.cycles.values() for child in cycle.parents}
    found += [f"{name} is not in the journal" for name in filled if name not in known]
    for cycle in state.cycles.values():
        done: dict[str, Decimal] = defaultdict(Decimal)
        for child, parent in cycle.parents.items():
            done[parent] += filled.get(child, Decimal(0))
        planned = cycle.plan.orders if cycle.plan else ()
        found += [
            f"{one.cl_ord_id} of {one.quantity} was filled with {done[one.cl_ord_id]}"
            for one in planned
            if done[one.cl_ord_id] > one.quantity
        ]
    return found


def _differences(account: Account, truth: dict[str, Any]) -> list[str]:
    """Books are the venue's own, to the cent and the ninth decimal."""
    cash, shares = account.books()
    held = {name: Decimal(amount) for name, amount in truth["positions"].items()}
    booked = {name: amount for name, amount in shares.items() if amount}
    found = []
    if cash != Decimal(truth["cash"]):
        found.append(f"books have {cash} dollars, the venue {truth['cash']}")
    if booked != held:
        found.append(f"books hold {booked}, the venue {held}")
    return found
