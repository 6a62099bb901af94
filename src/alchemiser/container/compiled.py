"""Put together what needs a compiler."""

from importlib.util import find_spec

from alchemiser.application.compiled_indicators import CompiledIndicators
from alchemiser.container.adapters import adapter
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.compiler import CompilerPort


def compiler() -> CompilerPort | None:
    """Return the compiler of the extra `fast`, or None where that is not installed."""
    if find_spec("numba") is None:
        return None
    made: CompilerPort = adapter("compiled.by_numba.NumbaCompiler")()
    return made


def compiled_indicators() -> CompiledIndicators:
    """Return the indicators of whole markets in machine code.

    Raises:
        SettingsError: When the extra is missing.
    """
    found = compiler()
    if found is None:
        msg = "compiled indicators need the extra [fast]: install alchemiser[fast]."
        raise SettingsError(msg)
    return CompiledIndicators(found)
