"""What research chooses among, and on which sessions it may look before it chooses."""
