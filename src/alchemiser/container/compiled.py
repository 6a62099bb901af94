"""Put together what needs a compiler."""

from collections.abc import Callable, Iterable
from importlib.util import find_spec

from numpy.typing import ArrayLike

from alchemiser.application.compiled_indicators import CompiledIndicators
from alchemiser.container.adapters import adapter
from alchemiser.domain.research import crossings as by_arrays
from alchemiser.domain.research.crossings import Crossings, Pair
from alchemiser.domain.research.following import example, follow
from alchemiser.domain.values.errors import SettingsError
from alchemiser.ports.compiler import CompilerPort


def compiler(tell: Callable[[], None]) -> CompilerPort | None:
    """Return the compiler of the extra `fast`, or None where that is not installed.

    Args:
        tell: Told before something is compiled; a function of a module.
    """
    if find_spec("numba") is None:
        return None
    made: CompilerPort = adapter("compiled.kept.NumbaCompiler")(
        adapter("system.cache.kernel_folder")(), tell
    )
    return made


def compiled_indicators() -> CompiledIndicators:
    """Return the indicators of whole markets in machine code.

    Raises:
        SettingsError: When the extra is missing.
    """
    found = compiler(_quietly)
    if found is None:
        msg = "compiled indicators need the extra [fast]: install alchemiser[fast]."
        raise SettingsError(msg)
    return CompiledIndicators(found)


def crossings(closes: ArrayLike, pairs: Iterable[Pair], *, only_returns: bool = False) -> Crossings:
    """Hold each symbol while one average lies above another, for many pairs of windows.

    In machine code where the extra `fast` is installed, else by arrays, to the same bits; see
    `domain.research.crossings.crossings` for the rules and the arguments.

    Raises:
        InvalidValueError: When `closes` are not numbers of shape (T,) or (T, N), there are none, or
            a window is none.
    """
    found = compiler(_quietly)
    loop = None if found is None else found.compiled(follow, example)
    return by_arrays.crossings(closes, pairs, only_returns=only_returns, follow=loop)


def _quietly() -> None:
    """Hear that something is compiled."""
