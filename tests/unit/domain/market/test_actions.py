"""What a share becomes by a split and a dividend."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from alchemiser.domain.market.actions import CorporateAction
from alchemiser.domain.values.errors import InvalidValueError
from alchemiser.domain.values.identifiers import Symbol

DAY = date(2024, 8, 5)


def action(**what: object) -> CorporateAction:
    return CorporateAction(symbol=Symbol("SPY"), ex_day=DAY, **what)  # type: ignore[arg-type]


def test_old_share_is_worth_the_new_ones_and_their_dividends() -> None:
    assert action(split=Decimal(4), dividend=Decimal("0.5")).worth(Decimal(100)) == 402
    assert action().worth(Decimal(100)) == 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"split": Decimal(0)},
        {"split": Decimal("NaN")},
        {"dividend": Decimal("-0.01")},
        {"pay_day": DAY - timedelta(days=1)},
    ],
)
def test_action_that_no_company_can_take_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValueError):
        action(**wrong)
