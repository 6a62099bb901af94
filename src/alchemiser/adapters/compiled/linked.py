"""Run machine code that was compiled before: what that takes is a tenth of what compiles."""

from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_char_p, c_int
from typing import Final

import llvmlite.binding as llvm
import numpy as np

from alchemiser.adapters.compiled.words import Words

ENTRY: Final = "entry"
"""The function of an object file that takes words."""

_LARGE: Final = 2**24
"""Bytes that are given back to the system; glibc keeps smaller blocks once it has seen such a one.

Else each run asks for its arrays anew, page by page, for longer than machine code takes to fill
some of them.
"""

_CALL: Final = CFUNCTYPE(c_int, c_char_p)


class Linked:
    """Be a loop in machine code; other threads run meanwhile."""

    def __init__(self, code: bytes, words: Words) -> None:
        """Link the object file `code`, whose function `ENTRY` takes these `words`."""
        np.empty(_LARGE, np.uint8)
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_triple(llvm.get_process_triple())
        # It holds the code for as long as it lives itself.
        self._engine = llvm.create_mcjit_compiler(
            llvm.parse_assembly(""), target.create_target_machine(jit=True)
        )
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self._call = _CALL(self._engine.get_function_address(ENTRY))
        self._words = words

    def __call__(self, *arguments: object) -> None:
        """Run it.

        Raises:
            TypeError: When `arguments` are not of the types that it is for.
            RuntimeError: When the loop raises.
        """
        if self._call(self._words(arguments)):
            msg = "a loop has failed: it must raise nothing."
            raise RuntimeError(msg)


def processor() -> Sequence[str]:
    """Return what machine code is made for, and by which version of the compiler's back end."""
    return (
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        ".".join(map(str, llvm.llvm_version_info)),
    )
