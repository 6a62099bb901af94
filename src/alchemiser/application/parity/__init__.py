"""Live against backtest: every decision on record and its shadow."""
