"""The sessions of the New York Stock Exchange, from a table in the package."""
