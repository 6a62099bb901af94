"""Machine code of the plain loops of the domain, by numba (the extra `fast`)."""
