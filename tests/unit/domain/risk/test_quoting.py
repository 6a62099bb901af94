"""A symbol that reference data do not know has neither an increment nor a tick (OS-20)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from alchemiser.domain.orders.messages import NewOrderSingle
from alchemiser.domain.risk.context import RiskContext
from alchemiser.domain.risk.limits import RiskCode, Violation
from alchemiser.domain.risk.quoting import price_valid, quantity_valid
from alchemiser.testing.builders import a_context, an_order


@pytest.mark.parametrize("check", [quantity_valid, price_valid])
def test_order_in_an_unknown_symbol_is_refused(
    check: Callable[[NewOrderSingle, RiskContext], Violation | None],
) -> None:
    """OS-20: nothing says what its numbers may be."""
    order = an_order()

    assert check(order, replace(a_context(), instruments={})) == Violation(
        code=RiskCode.SYMBOL_NOT_TRADABLE,
        observed="unknown",
        limit="tradable",
        symbol=order.symbol,
    )
