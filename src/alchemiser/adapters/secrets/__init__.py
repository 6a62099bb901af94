"""Where the broker's key is kept: the environment, a file or AWS Secrets Manager."""
