"""Small wrong changes to a source file: each should be noticed by a test.

Not changed, for nobody could or should test it: texts, what is raised and asserted (``strict=True`` of zip is, too),
annotations, decorators.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""The neighbour, and the opposite."""
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
PAIRS = (("min", "max"), ("any", "all"), ("minimum", "maximum"), ("floor", "ceil"), ("argmin", "argmax"))
CALLS = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
Function = ast.FunctionDef | ast.AsyncFunctionDef
NAMED = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
UNTOUCHED = (ast.JoinedStr, ast.Raise, ast.Assert, ast.arg, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Body:
    """Of the outermost function around a change: its qualified name, where the function begins, its own lines."""

    name: str
    begins: int
    first: int
    last: int

    @classmethod
    def of(cls, node: Function, name: str) -> Body:
        """Of the function ``node``; one with decorators begins at the first of them."""
        begins = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return cls(name, begins, node.body[0].lineno, node.end_lineno or node.lineno)


@dataclass(frozen=True, slots=True)
class Place:
    """A node, and the field of its parent that holds it."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    body: Body | None

    @property
    def line(self) -> int:
        """Where it begins."""
        return int(getattr(self.node, "lineno", 0))

    @property
    def column(self) -> int:
        """Where it begins in its line."""
        return int(getattr(self.node, "col_offset", 0))

    def put(self, node: ast.AST) -> None:
        """Have ``node`` in this place."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. name: where and what, and stays the same when lines move."""

    name: str
    tree: ast.Module
    """Of the file as it is."""
    place: Place
    new: ast.AST
    """What is in that place of the changed file."""

    @property
    def line(self) -> int:
        """Where the change begins."""
        return self.place.line

    @property
    def body(self) -> Body | None:
        """None: outside of every function's body."""
        return self.place.body

    def code(self, file: str) -> CodeType:
        """What Python would make of the changed ``file``."""
        self.place.put(self.new)
        try:
            return compile(self.tree, file, "exec")
        finally:
            self.place.put(self.place.node)


def mutants(source: str) -> Iterator[Mutant]:
    """Every change to ``source``, in the order of its lines."""
    tree = ast.parse(source)
    seen: dict[str, int] = {}
    for place, owner in sorted(places(tree, "", None), key=lambda one: (one[0].line, one[0].column)):
        for new in replacements(place.node):
            text = f"{owner or 'module'}: {ast.unparse(place.node)} -> {ast.unparse(new)}".replace("\n", " ")
            number = seen[text] = seen.get(text, 0) + 1
            name = text if number == 1 else f"{text} #{number}"
            yield Mutant(name, tree, place, ast.fix_missing_locations(ast.copy_location(new, place.node)))


def places(parent: ast.AST, owner: str, within: Body | None) -> Iterator[tuple[Place, str]]:
    """Everything below ``parent`` that can be changed, with the name of the function or class it is in."""
    for field, value in ast.iter_fields(parent):
        body = within
        if body is None and field == "body" and isinstance(parent, Function):
            body = Body.of(parent, owner)
        if field in ("annotation", "returns", "decorator_list", "type_comment", "bases"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if (
                not isinstance(node, ast.AST)
                or isinstance(node, UNTOUCHED)
                or asserted(node)
                or only_for_types(node)
            ):
                continue
            yield Place(node, parent, field, index, body), owner
            inner = f"{owner}.{node.name}".lstrip(".") if isinstance(node, NAMED) else owner
            yield from places(node, inner, body)


def asserted(node: ast.AST) -> bool:
    """Whether ``node`` is ``strict=True``: two lengths are the same, and then it changes nothing."""
    return isinstance(node, ast.keyword) and node.arg == "strict" and ast.unparse(node.value) == "True"


def only_for_types(node: ast.AST) -> bool:
    """Whether ``node`` is ``if TYPE_CHECKING:``."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """What ``node`` could wrongly be."""
    match node:
        case ast.Compare():
            yield from compared(node)
        case ast.BinOp() | ast.AugAssign() if type(node.op) in OPERATORS:
            yield changed(node, op=OPERATORS[type(node.op)]())
        case ast.BoolOp():
            yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            yield from shortened(node)
        case ast.UnaryOp() if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            yield copy.deepcopy(node.operand)
        case ast.Constant():
            yield from other_constants(node)
        case ast.Call():
            yield from other_calls(node)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Expr() if isinstance(node.value, ast.Call):
            yield ast.Pass()
        case ast.If() | ast.IfExp() | ast.While() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield changed(node, test=ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))
        case _:
            return


def changed(node: ast.AST, **fields: ast.AST) -> ast.AST:
    """A copy of ``node`` with other fields."""
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def compared(node: ast.Compare) -> Iterator[ast.AST]:
    """Each operator of a chain, alone."""
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            new = copy.deepcopy(node)
            new.ops[index] = other()
            yield new


def shortened(node: ast.BoolOp) -> Iterator[ast.AST]:
    """Without each of its conditions."""
    for index in range(len(node.values)):
        left = [copy.deepcopy(value) for at, value in enumerate(node.values) if at != index]
        yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    """A number beside it; the other truth."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)


def other_calls(node: ast.Call) -> Iterator[ast.AST]:
    """The opposite function under the same module's name, where there is one."""
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name not in CALLS:
        return
    new = copy.deepcopy(node)
    if isinstance(new.func, ast.Attribute):
        new.func.attr = CALLS[name]
    elif isinstance(new.func, ast.Name):
        new.func.id = CALLS[name]
    yield new
