"""Every row of the table is reached, and the whole agrees with a slow restatement of it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from alchemiser_nuclear import NuclearParams, alchemiser_strategies, build
from alchemiser_nuclear.rules import Basket

from alchemiser.domain.market.bars import BarPanel
from alchemiser.domain.rules.decision import Decided
from alchemiser.domain.rules.evaluator import TreeEvaluator
from alchemiser.domain.values.identifiers import Symbol
from alchemiser.rules import content_hash
