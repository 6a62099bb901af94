"""The venue's market data: prices at any moment, over REST and as a stream."""
