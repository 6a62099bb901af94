"""What others need to test their own strategies and adapters."""
