"""Reference data on instruments, from a table in the package."""
