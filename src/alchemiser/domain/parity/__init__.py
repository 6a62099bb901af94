"""Live against its shadow: counterfactual sessions, and what the difference is made of."""
