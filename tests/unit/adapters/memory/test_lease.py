"""A lease in memory."""

import pytest

from alchemiser.adapters.memory.lease import MemoryLease
from alchemiser.ports.errors import LeaseHeldError


def test_lease_shuts_out_a_second_holder_of_the_same_account_only() -> None:
    lease = MemoryLease()

    with lease.hold("one"), lease.hold("other"), pytest.raises(LeaseHeldError), lease.hold("one"):
        pass

    with lease.hold("one"):
        pass


def test_lease_ends_with_its_holders_failure() -> None:
    lease = MemoryLease()

    with pytest.raises(ZeroDivisionError), lease.hold("one"):
        raise ZeroDivisionError

    with lease.hold("one"):
        pass
