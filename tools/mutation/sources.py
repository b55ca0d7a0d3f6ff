"""What a test is made of: its own file, the conftest.py files above it, and what these import from test/."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

TEST = "test"


class Sources:
    """Of one tree, as it is when it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.digest = cache(self._digest)
        self._imports = cache(self._imported_by)

    def tests(self, names: Iterable[str]) -> list[str]:
        """The test files of folders, and files, from the root of the tree."""
        found = [
            path
            for name in names
            for path in (
                (self._root / name).rglob("test_*.py")
                if (self._root / name).is_dir()
                else [self._root / name]
            )
        ]
        return sorted({path.relative_to(self._root).as_posix() for path in found})

    def of(self, tests: Iterable[str]) -> str:
        """A digest of the text of these test files and of all they are made of."""
        return self.text(sorted({name for test in tests for name in self.parts(test)}))

    def text(self, names: Iterable[str]) -> str:
        """A digest of the text of these files, in their order."""
        return digest(word for name in names for word in (name, self.digest(name)))

    def parts(self, test: str) -> set[str]:
        """The names of the files that the test file ``test`` is made of, from the root of the tree."""
        found: set[str] = set()
        waiting = [test, *self._conftests(test)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [*self._imports(name), *self._conftests(name)]
        return found

    def _conftests(self, name: str) -> list[str]:
        found = (folder / "conftest.py" for folder in Path(name).parents if folder.parts[:1] == (TEST,))
        return [one.as_posix() for one in found if (self._root / one).is_file()]

    def _digest(self, name: str) -> str:
        path = self._root / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none"

    def _imported_by(self, name: str) -> tuple[str, ...]:
        path = self._root / name
        if not path.is_file():
            return ()
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        dotted = {one for node in nodes for one in modules(node, Path(name).parent.parts)}
        files = [
            form
            for one in sorted(dotted)
            for form in (one.replace(".", "/") + ".py", one.replace(".", "/") + "/__init__.py")
        ]
        return tuple(file for file in files if (self._root / file).is_file())


def modules(node: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    """The modules of test/ that ``node``, in ``package``, may import; a name may be a module or what is in one."""
    if isinstance(node, ast.Import):
        bases = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        base = ".".join([*above, *filter(None, [node.module])])
        bases = [base, *(f"{base}.{alias.name}" for alias in node.names)]
    else:
        return
    yield from (base for base in bases if base.partition(".")[0] == TEST)


def digest(words: Iterable[str]) -> str:
    """One digest of many words."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    return total.hexdigest()
