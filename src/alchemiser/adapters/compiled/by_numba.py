"""Compile loops, with all that they call, by numba."""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, cast

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.np.arrayobj import populate_array

from alchemiser.adapters.compiled.linked import ENTRY
from alchemiser.adapters.compiled.sources import called, reached
from alchemiser.adapters.compiled.words import DATA, LENGTHS, STRIDES

_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    "error_model": "numpy",
    # Nothing is allocated, so that nobody needs to count who refers to an array at each call.
    "_nrt": False,
    # A call would hand over some two hundred words of arrays: more than most of the loops cost.
    "forceinline": True,
    # Neither Python nor C calls what numba makes: `_Entry` is all there is to call.
    "no_cfunc_wrapper": True,
    "no_cpython_wrapper": True,
}
_WORD: Final = ir.IntType(64)
_AT: Final = _WORD.as_pointer()


def machine_code(loop: Callable[..., None], example: tuple[object, ...]) -> bytes:
    """Return `loop` with all that it calls as an object file for this processor.

    Its function `ENTRY` takes the words of the arguments, and returns zero. Bits are those of the
    source: no operation is replaced, fused or moved.

    Args:
        loop: What is compiled.
        example: Arguments of the types that it is for.
    """
    make = numba.njit(**_OPTIONS)
    # Names of its own for each function, in which it finds the others compiled.
    names = {one: dict(one.__globals__) for one in reached(loop)}
    made = {
        one: make(FunctionType(one.__code__, table, one.__name__)) for one, table in names.items()
    }
    for one, table in names.items():
        table.update({name: made[callee] for name, callee in called(one).items()})
    ready, kinds = made[cast("FunctionType", loop)], tuple(map(numba.typeof, example))
    ready.compile(kinds)
    with global_compiler_lock:
        return _emitted(_with_entry(ready.overloads[kinds]))


def _with_entry(result: Any) -> str:  # noqa: ANN401 - what numba's compiler returns
    """Return the optimised module of what numba has compiled, and a way in."""
    context = result.target_context
    library = context.codegen().create_library(ENTRY)
    library.add_linking_library(result.library)
    module = context.create_module(ENTRY)
    _Entry(context, module).call(result.fndesc)
    library.add_ir_module(module)
    library.finalize()
    return str(library.get_llvm_str())


def _emitted(module: str) -> bytes:
    target = llvm.Target.from_triple(llvm.get_process_triple())
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static" if target.name.startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )
    return bytes(machine.emit_object(llvm.parse_assembly(module)))


class _Entry:
    """Write the function that takes words and calls a loop with what they tell."""

    def __init__(self, context: Any, module: Any) -> None:  # noqa: ANN401 - without types
        self._context = context
        self._module = module
        kind = ir.FunctionType(ir.IntType(32), [_AT])
        self._function = ir.Function(module, kind, ENTRY)
        self._builder = ir.IRBuilder(self._function.append_basic_block())
        self._read = 0

    def call(self, described: Any) -> None:  # noqa: ANN401 - what numba tells of a function
        """Call the function that is `described`, and return whether it failed."""
        call, kinds = self._context.call_conv, described.argtypes
        form = call.get_function_type(described.restype, kinds)
        callee = ir.Function(self._module, form, described.llvm_func_name)
        values = [self._value(kind) for kind in kinds]
        status, _ = call.call_function(self._builder, callee, described.restype, kinds, values)
        self._builder.ret(status.code)

    def _value(self, kind: Any) -> Any:  # noqa: ANN401 - values of the compiler
        if isinstance(kind, types.BaseTuple):
            parts = [self._value(one) for one in cast("Any", kind).types]
            return self._context.make_tuple(self._builder, kind, parts)
        word = self._word(self._function.args[0], self._read)
        self._read += 1
        if isinstance(kind, types.Array):
            return self._array(kind, word)
        if kind == types.float64:
            return self._builder.bitcast(word, ir.DoubleType())
        return self._builder.trunc(word, self._context.get_value_type(kind))

    def _array(self, kind: Any, word: Any) -> Any:  # noqa: ANN401 - values of the compiler
        array = self._context.make_array(kind)(self._context, self._builder)
        size = self._context.get_abi_sizeof(self._context.get_data_type(kind.dtype))
        told = self._builder.inttoptr(word, _AT)
        populate_array(  # type: ignore[no-untyped-call]  # numba has no types
            array,
            data=self._builder.inttoptr(self._word(told, DATA), array.data.type),
            shape=self._words(told, LENGTHS, kind.ndim),
            strides=self._words(told, STRIDES, kind.ndim),
            itemsize=self._context.get_constant(types.intp, size),
            meminfo=None,
        )
        return array._getvalue()  # noqa: SLF001 - numba's own way for those that extend it

    def _words(self, told: Any, place: int, count: int) -> list[Any]:  # noqa: ANN401 - as above
        there = self._builder.inttoptr(self._word(told, place), _AT)
        return [self._word(there, at) for at in range(count)]

    def _word(self, there: Any, place: int) -> Any:  # noqa: ANN401 - values of the compiler
        return self._builder.load(self._builder.gep(there, [ir.Constant(_WORD, place)]))
