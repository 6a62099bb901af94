"""A made-up market that behaves like one."""
