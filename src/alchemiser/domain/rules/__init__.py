"""Rule trees: strategies as data that one evaluator decides, explains and keeps causal."""
