"""Alpaca as broker, market data and calendar, over its own client with a transport of our own."""
