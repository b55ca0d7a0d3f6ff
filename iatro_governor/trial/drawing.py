"""A scenario's numbers drawn from ranges: what is written as ``"= expression"`` is worked out for each seed."""

from __future__ import annotations

import ast
import operator
import zlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from iatro_governor.profile.base import Finite, Part

_TWO: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
MARK = "="
LONGEST = 120


class Range(Part):
    """Where a number is drawn from: evenly between ``low`` and ``high``, or one of ``of``."""

    low: Finite | None = None
    high: Finite | None = None
    of: Annotated[tuple[Finite, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Range:
        ends = (self.low is not None) + (self.high is not None)
        if ends != (0 if self.of is not None else 2):
            raise ValueError("give low and high, or of")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low must be at most high")
        return self

    def draw(self, rng: np.random.Generator) -> float:
        """One number; each range takes one of the generator's, whatever it is."""
        share = float(rng.random())
        if self.of is not None:
            return self.of[min(int(share * len(self.of)), len(self.of) - 1)]
        assert self.low is not None and self.high is not None
        return self.low + share * (self.high - self.low)


def draw(ranges: Mapping[str, Range], name: str, seed: int) -> dict[str, float]:
    """A number for each of ``ranges``, by ``name`` and ``seed`` alone, rounded to a tenth of a millimetre or so."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))
    return {key: round(ranges[key].draw(rng), 4) for key in sorted(ranges)}


def filled(document: Any, numbers: Mapping[str, float]) -> Any:
    """``document`` with every ``"= expression"`` in it worked out. Raises ValueError for what is no expression."""
    if isinstance(document, Mapping):
        return {key: filled(value, numbers) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [filled(value, numbers) for value in document]
    if isinstance(document, str) and document.startswith(MARK):
        return evaluated(document[len(MARK) :], numbers)
    return document


def evaluated(text: str, numbers: Mapping[str, float]) -> float:
    """The value of numbers, the names in ``numbers``, + - * / and brackets. Raises ValueError for anything else."""
    if len(text) > LONGEST:
        raise ValueError(f"an expression has at most {LONGEST} characters, got {len(text)}")
    try:
        return round(float(_value(ast.parse(text.strip(), mode="eval").body, numbers)), 6)
    except (SyntaxError, RecursionError, ZeroDivisionError) as error:
        raise ValueError(f"not an expression of numbers, names, + - * / and brackets: {text!r}") from error


def _value(node: ast.expr, numbers: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        if node.id not in numbers:
            raise ValueError(f"no range is called {node.id!r}; there are: {', '.join(numbers) or '(none)'}")
        return numbers[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _TWO:
        return _TWO[type(node.op)](_value(node.left, numbers), _value(node.right, numbers))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, numbers)
    raise ValueError(f"an expression holds numbers, names, + - * / and brackets, not {ast.unparse(node)!r}")
