"""An instrument is by default the strictest unlevered thing: a fractionable stock."""

from decimal import Decimal

import pytest

from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.domain.values.instrument import AssetClass, Instrument
from alchemiser.domain.values.numbers import ONE


def test_unlisted_symbol_is_a_plain_stock() -> None:
    """OS-16."""
    plain = Instrument(symbol=Symbol("OKLO"))

    assert (plain.asset_class, plain.leverage, plain.tradable) == (AssetClass.STOCK, ONE, True)
    assert (plain.quantity_increment, plain.price_increment) == (Decimal("1e-9"), Decimal("0.01"))


@pytest.mark.parametrize("name", ["quantity_increment", "price_increment"])
@pytest.mark.parametrize("value", [Decimal(0), Decimal("-0.01"), Decimal("NaN")])
def test_increment_that_nothing_can_be_a_multiple_of_is_refused(name: str, value: Decimal) -> None:
    with pytest.raises(InvalidValueError, match=name):
        Instrument(symbol=Symbol("OKLO"), **{name: value})  # type: ignore[arg-type]


def test_leverage_may_be_negative_but_must_be_a_number() -> None:
    assert Instrument(symbol=Symbol("SQQQ"), leverage=Decimal(-3)).leverage == -3
    with pytest.raises(InvalidValueError, match="leverage"):
        Instrument(symbol=Symbol("SQQQ"), leverage=Decimal("Infinity"))
