"""What others need to test their own strategies and adapters."""

from alchemiser.testing import contracts
from alchemiser.testing.certification import certify

__all__ = ["certify", "contracts"]
