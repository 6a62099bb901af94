"""One sub-ledger for each strategy and one for the house."""
