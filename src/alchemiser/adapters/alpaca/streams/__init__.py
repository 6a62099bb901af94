"""Alpaca's two streams, trade updates and market data, by clients of our own on websockets."""
