"""Controls of how much may be ordered, held, risked and spent."""

from typing import Final

from alchemiser.domain.risk.catalogue_rows import Control
from alchemiser.domain.risk.limits import RiskCode

AMOUNTS: Final = (
    Control(
        code=RiskCode.MAX_ORDER_QUANTITY,
        refuses="single orders above a number of shares",
        unit="shares",
        key="[risk] max_order_quantity",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_ORDER_NOTIONAL,
        refuses="single orders above a number of dollars",
        unit="dollars",
        key="[risk] max_order_notional",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_ORDER_EQUITY,
        refuses="single buys above a share of equity",
        unit="fraction of equity",
        key="[risk] max_order_equity",
        statements="OS-07",
    ),
    Control(
        code=RiskCode.MAX_ADV_SHARE,
        refuses="single orders above a share of what is traded in the symbol on an average day",
        unit="fraction of dollars a day",
        key="[risk] max_adv_share",
        statements="RC-19",
    ),
    Control(
        code=RiskCode.MAX_SYMBOL_TURNOVER,
        refuses="buys after which too much was traded in one symbol in one session",
        unit="fraction of equity",
        key="[risk] max_symbol_turnover",
        statements="RC-18",
    ),
    Control(
        code=RiskCode.MAX_TURNOVER,
        refuses="buys after which too much was traded in one session",
        unit="fraction of equity",
        key="[risk] max_turnover",
        statements="RC-18",
    ),
    Control(
        code=RiskCode.MAX_POSITION,
        refuses="buys after which one symbol has more than its class or it may have",
        unit="fraction of equity",
        key="[risk.max_position]",
        statements="RC-01, RC-02",
    ),
    Control(
        code=RiskCode.POSITION_UNPRICED,
        refuses="buys while a position has no price, so that exposure is unknown",
        unit="priced or unknown",
        statements="RC-03",
    ),
    Control(
        code=RiskCode.MAX_SECTOR,
        refuses="buys after which one sector, times leverage, comes to too much",
        unit="fraction of equity",
        key="[risk.max_sector]",
        statements="RC-02",
    ),
    Control(
        code=RiskCode.MAX_ASSET_CLASS,
        refuses="buys after which one asset class comes to too much",
        unit="fraction of equity",
        key="[risk.max_asset_class]",
        statements="RC-02, OS-16",
    ),
    Control(
        code=RiskCode.MAX_UNDERLYING,
        refuses="buys after which all on one underlying, times leverage, comes to too much",
        unit="fraction of equity",
        key="[risk] max_underlying",
        statements="RC-05",
    ),
    Control(
        code=RiskCode.MAX_CORRELATED,
        refuses="buys after which those that move together have more than one of them may",
        unit="fraction of equity",
        key="[risk] correlation_threshold",
        statements="RC-04, RC-05",
    ),
    Control(
        code=RiskCode.MAX_GROSS_EXPOSURE,
        refuses="buys after which all positions, times their leverage, come to too much",
        unit="fraction of equity",
        key="[risk] max_gross_exposure",
        statements="RC-03, RC-05",
    ),
    Control(
        code=RiskCode.MAX_LEVERAGE,
        refuses="buys after which all positions at their market value come to too much",
        unit="fraction of equity",
        key="[risk] max_leverage",
        statements="RC-03",
    ),
    Control(
        code=RiskCode.MAX_MARGIN_USE,
        refuses="buys after which all positions require too much margin",
        unit="fraction of equity",
        key="[risk] max_margin_use",
        statements="SE-04",
    ),
    Control(
        code=RiskCode.MAX_NET_EXPOSURE,
        refuses="buys after which longs less inverse funds, times leverage, come to too much",
        unit="fraction of equity",
        key="[risk] max_net_exposure",
        statements="RC-03",
    ),
    Control(
        code=RiskCode.MAX_VAR,
        refuses="buys after which the loss of a bad session, by either figure, is too large",
        unit="fraction of equity",
        key="[risk] max_var",
        statements="RC-13",
    ),
    Control(
        code=RiskCode.MAX_EXPECTED_SHORTFALL,
        refuses="buys after which the mean loss of the worst sessions is too large",
        unit="fraction of equity",
        key="[risk] max_expected_shortfall",
        statements="RC-13",
    ),
    Control(
        code=RiskCode.SETTLED_CASH,
        refuses="buys in a cash account that cost more than has settled",
        unit="dollars",
        statements="SE-01, SE-06",
    ),
    Control(
        code=RiskCode.BUYING_POWER,
        refuses="buys that cost more than the books or the broker have left for them",
        unit="dollars",
        statements="SE-03, SE-07",
    ),
)
