"""Public functions of the deciding rooms say what they raise, and of what shape or unit their arrays are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "iatro_governor"
ROOMS = ("limits", "governor", "body", "ledger")
ARRAYS = re.compile(r"\b(Array|NDArray|Indices|ndarray)\b")
SHAPE = re.compile(r"\((?:[\w*+. ]+|\.\.\.)(?:,[^()]*)\)|\bscalar\b")
UNITS = "m|mm|rad|s|ms|kg|N|Nm|Hz|J|W"
UNIT = re.compile(rf"(?<![\w])(?:{UNITS})(?:/(?:{UNITS})2?3?)?\b(?!\()")
OWN = ("NotImplementedError", "AssertionError", "StopIteration")
"""What says that code is wrong, and not that a caller or a file is."""


@dataclass(frozen=True, slots=True)
class Function:
    """A public function or method: where it is, what it and its class say, and its tree."""

    where: str
    name: str
    told: str
    of_class: str
    tree: ast.FunctionDef | ast.AsyncFunctionDef
    bases: tuple[str, ...]


def functions(source: str, where: str) -> Iterator[Function]:
    """The public ones of a module, of its public classes, too."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield Function(where, node.name, ast.get_docstring(node) or "", "", node, ())
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            said, bases = ast.get_docstring(node) or "", tuple(ast.unparse(base) for base in node.bases)
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_"):
                    name = f"{node.name}.{each.name}"
                    yield Function(where, name, ast.get_docstring(each) or "", said, each, bases)


def raised(tree: ast.AST, caught: frozenset[str] = frozenset()) -> set[str]:
    """The names of errors that a function makes and raises; what it passes on, or catches itself, is not among them.

    One that a function makes for it is told in words of any name.
    """
    out: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        inside = caught
        if isinstance(tree, ast.Try) and node in tree.body:
            inside = caught | {name for each in tree.handlers for name in names(each.type)}
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func).rpartition(".")[2]
            out |= {"Raises" if name.startswith("_") else name} - inside
        out |= raised(node, inside)
    return out - set(OWN)


def names(caught: ast.expr | None) -> set[str]:
    """The errors that a handler names."""
    each = caught.elts if isinstance(caught, ast.Tuple) else [] if caught is None else [caught]
    return {ast.unparse(one).rpartition(".")[2] for one in each}


def arrays(tree: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether an array goes in or comes out."""
    arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
    annotations = [each.annotation for each in arguments] + [tree.returns]
    return any(each is not None and ARRAYS.search(ast.unparse(each)) for each in annotations)


def found() -> list[Function]:
    """The public functions of all four rooms."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [
        each
        for path in paths
        for each in functions(path.read_text(encoding="utf-8"), f"{path.relative_to(ROOT)}")
    ]


def described(function: Function, every: dict[str, list[Function]]) -> bool:
    """Whether a method is one of a class or protocol above it, whose own description counts and is held to the same."""
    method, above = function.name.rpartition(".")[2], list(function.bases)
    protocols = {each.name.partition(".")[0] for rows in every.values() for each in rows if is_protocol(each)}
    seen: set[str] = set()
    while above:
        name = re.split(r"[\[.]", above.pop())[0]
        if name in seen:
            continue
        seen.add(name)
        above += [base for each in every.get(name, []) for base in each.bases]
    return any(each.name == f"{name}.{method}" for name in seen | protocols for each in every.get(name, []))


def is_protocol(function: Function) -> bool:
    """Whether it is a method of a protocol, which others have without naming it."""
    return any(base.startswith("Protocol") for base in function.bases)


def wrong(function: Function, every: dict[str, list[Function]]) -> list[str]:
    """What a function does not say; ``every``: methods by their class."""
    made = sorted(raised(function.tree))
    out = [f"it raises {error} and does not say so" for error in made if error not in function.told]
    said = SHAPE.search(f"{function.told} {function.of_class}") or UNIT.search(
        f"{function.told} {function.of_class}"
    )
    if arrays(function.tree) and not said and (is_protocol(function) or not described(function, every)):
        out.append("it has an array and says neither its shape nor its unit")
    return [f"{function.where}: {function.name}: {line}" for line in out]


def by_class(every: list[Function]) -> dict[str, list[Function]]:
    """Methods by the name of their class."""
    out: dict[str, list[Function]] = {}
    for each in every:
        out.setdefault(each.name.partition(".")[0], []).append(each)
    return out


def test_public_functions_say_what_they_raise_and_what_their_arrays_are() -> None:
    every = found()
    assert len(every) > 500 and {each.where.partition("/")[0] for each in every} == set(ROOMS)
    classes = by_class(every)
    assert [line for each in every for line in wrong(each, classes)] == []


SOURCE = '''
class Base(Protocol):
    """What all have."""
    def known(self, u: Array) -> Array:
        """Of ``u`` (n,), m/s."""
class Own(Base):
    """One."""
    def known(self, u: Array) -> Array:
        """Short."""
    def new(self, u: Array) -> None:
        """{told}"""
    def refuses(self) -> None:
        """{raises}"""
        raise errors.LedgerError("x")
    def passes_on(self) -> None:
        """It says nothing."""
        try:
            self.refuses()
        except LedgerError as error:
            raise
'''


@pytest.mark.parametrize(
    ("told", "raises", "lines"),
    [
        ("Of ``u`` (n,).", "Raises LedgerError.", 0),
        ("In rad/s.", "Raises LedgerError.", 0),
        ("Of u.", "Raises LedgerError.", 1),
        ("Of u (as before).", "It may fail.", 2),
        ("Of ``u`` (c, k).", "Raises ValueError.", 1),
    ],
)
def test_what_is_not_said_is_found(told: str, raises: str, lines: int) -> None:
    every = list(functions(SOURCE.format(told=told, raises=raises), "x.py"))
    classes = by_class(every)
    assert len([line for each in every for line in wrong(each, classes)]) == lines
