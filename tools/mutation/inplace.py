"""Changes made to functions that are loaded already, so that nothing has to be imported or collected for them again.

This says the same as the changed file would where the function did not run before the tests began; whoever asks for it
makes sure of that.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, FunctionType

from .child import Finder
from .mutants import Mutant


def module(file: str) -> str:
    """The name of the module that ``file`` is, from the root of the tree."""
    return file.removesuffix(".py").replace("/", ".")


class Live:
    """The functions of ``files`` of the tree ``root`` that are loaded now."""

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        self._root = root
        self._functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        loaded = {sys.modules[name].__file__: file for file in files if (name := module(file)) in sys.modules}
        strange = [
            path for path, file in loaded.items() if path is None or Path(path).resolve() != root / file
        ]
        if strange:
            raise ImportError(f"{strange} are loaded, and are not in {root}")
        gc.unfreeze()  # what is frozen (test/conftest.py may do it) is not listed
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename in loaded:
                code = one.__code__
                place = loaded[code.co_filename], code.co_qualname, code.co_firstlineno
                self._functions.setdefault(place, []).append(one)

    def change(self, file: str, mutant: Mutant) -> bool:
        """Make the change; False, and nothing is changed: it cannot be made so."""
        code = mutant.code(str(self._root / file))
        name = module(file)
        if name not in sys.modules:
            sys.meta_path.insert(0, Finder(name, self._root / file, code))
            return True
        if mutant.body is None:
            return False
        body = mutant.body
        functions = self._functions.get((file, body.name, body.begins), [])
        new = found(code, body.name, body.begins)
        if (
            not functions
            or new is None
            or any(new.co_freevars != one.__code__.co_freevars for one in functions)
        ):
            return False
        for function in functions:
            function.__code__ = new
        return True


def found(code: CodeType, name: str, begins: int) -> CodeType | None:
    """The code of the function ``name`` that begins on the line ``begins``, in ``code`` or in what is in it."""
    if (code.co_qualname, code.co_firstlineno) == (name, begins):
        return code
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    return next((hit for one in inner if (hit := found(one, name, begins)) is not None), None)
