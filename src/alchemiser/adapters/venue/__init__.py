"""A venue on loopback that speaks Alpaca's trading REST and its `trade_updates` stream."""
