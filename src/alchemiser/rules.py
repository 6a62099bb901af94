"""The rule language for authors: what is held, when, and by which measure.

```python
from alchemiser.rules import price, sma, when

tree = when(price("SPY") > sma("SPY", 200), "SPY", "BIL")
```
"""

from alchemiser.domain.rules.document import (
    canonical_json,
    content_hash,
    from_document,
    to_document,
)
from alchemiser.domain.rules.expressions import Condition, Metric
from alchemiser.domain.rules.language import (
    and_,
    asset,
    bottom,
    each,
    group,
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
    cumulative_return,
    ema,
    max_drawdown,
    moving_average_return,
    ppo,
    ppo_signal,
    price,
    rsi,
    sma,
    stdev_price,
    stdev_return,
)
from alchemiser.domain.rules.nodes import Node
from alchemiser.domain.rules.requirements import lookback, requirements

__all__ = [
    "Condition",
    "Metric",
    "Node",
    "and_",
    "asset",
    "atr",
    "bottom",
    "canonical_json",
    "content_hash",
    "cumulative_return",
    "each",
    "ema",
    "from_document",
    "group",
    "lookback",
    "max_drawdown",
    "moving_average_return",
    "not_",
    "or_",
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
    "weight_equal",
    "weight_inverse_volatility",
    "weight_specified",
    "when",
]
