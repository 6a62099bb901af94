"""The rule language for authors: what is held, when, and by which measure.

```python
from alchemiser.rules import price, sma, when

tree = when(price("SPY") > sma("SPY", 200), "SPY", "BIL")
```
"""

from alchemiser.domain.rules.adaptation import Thresholds, adaptive, with_thresholds
from alchemiser.domain.rules.document import (
    canonical_json,
    content_hash,
    from_document,
    to_document,
)
from alchemiser.domain.rules.expressions import Condition, Metric
from alchemiser.domain.rules.language import (
    across,
    and_,
    asset,
    at_least,
    bottom,
    choose,
    each,
    equals,
    group,
    in_state,
    lasting,
    not_,
    or_,
    top,
    weight_equal,
    weight_inverse_volatility,
    weight_specified,
    when,
)
from alchemiser.domain.rules.metrics import (
    atr,
    correlation,
    correlation_state,
    cumulative_return,
    ema,
    liquidity_state,
    max_drawdown,
    moving_average_return,
    percentile,
    ppo,
    ppo_signal,
    price,
    rsi,
    sma,
    stdev_price,
    stdev_return,
    trend,
    volatility_state,
    zscore,
)
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import lookback, requirements

__all__ = [
    "Condition",
    "Metric",
    "Node",
    "Thresholds",
    "across",
    "adaptive",
    "and_",
    "asset",
    "at_least",
    "atr",
    "bottom",
    "canonical_json",
    "choose",
    "content_hash",
    "correlation",
    "correlation_state",
    "cumulative_return",
    "each",
    "ema",
    "equals",
    "from_document",
    "group",
    "in_state",
    "lasting",
    "liquidity_state",
    "lookback",
    "max_drawdown",
    "moving_average_return",
    "not_",
    "or_",
    "percentile",
    "ppo",
    "ppo_signal",
    "price",
    "requirements",
    "rsi",
    "sma",
    "stdev_price",
    "stdev_return",
    "to_document",
    "top",
    "trend",
    "volatility_state",
    "weight_equal",
    "weight_inverse_volatility",
    "weight_specified",
    "when",
    "with_thresholds",
    "zscore",
]
