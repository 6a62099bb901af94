"""Many variants of strategies on the same past, and what may be believed of the best of them."""
