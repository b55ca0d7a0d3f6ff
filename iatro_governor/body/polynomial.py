"""Polynomials on the unit interval, many at once: values, slopes, where they turn, where they vanish.

Coefficients are (..., d + 1), lowest power first. Nothing is divided by a leading coefficient, so a polynomial of lower
degree than its array has room for needs no care: where it turns is found degree by degree. Between two neighbouring
zeros of its slope a polynomial is monotone, so each of its own zeros has such a piece to itself, and halving finds it.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array

HALVINGS = 48
"""Halvings of a piece of the unit interval: a zero is found to within 4e-15 of it."""


def value(coefficients: Array, at: Array) -> Array:
    """Values (..., p) of polynomials (..., d + 1) at ``at`` (..., p)."""
    last = coefficients.shape[-1] - 1
    out: Array = coefficients[..., last:] * (at if last else np.ones_like(at))
    for power in range(last - 1, 0, -1):
        out = (out + coefficients[..., power : power + 1]) * at
    return out + coefficients[..., :1] if last else out


def slope(coefficients: Array) -> Array:
    """Coefficients (..., d) of the derivatives; a constant's is one zero."""
    if coefficients.shape[-1] == 1:
        return np.zeros_like(coefficients)
    powers = np.arange(1, coefficients.shape[-1], dtype=float)
    out: Array = coefficients[..., 1:] * powers
    return out


def turns(coefficients: Array) -> Array:
    """Edges (..., d + 1) in [0, 1], in order, between which each polynomial is monotone; some may coincide."""
    shape = coefficients.shape[:-1]
    inner = zeros(slope(coefficients)) if coefficients.shape[-1] > 2 else np.empty((*shape, 0))
    return np.concatenate([np.zeros((*shape, 1)), inner, np.ones((*shape, 1))], axis=-1)


def zeros(coefficients: Array) -> Array:
    """Zeros (..., d) in [0, 1], in order, where there are any; a monotone piece that has none gives its start."""
    edges = turns(coefficients)
    values = np.sign(value(coefficients, edges))
    out = edges[..., :-1].copy()
    *which, piece = np.nonzero(values[..., :-1] * values[..., 1:] < 0)
    if len(piece):
        start, end = edges[(*which, piece)], edges[(*which, piece + 1)]
        out[(*which, piece)] = crossing(coefficients[tuple(which)], start, end, values[(*which, piece + 1)])
    return out


def crossing(coefficients: Array, start: Array, end: Array, sign: Array, level: Array | float = 0.0) -> Array:
    """Where in [start, end] (k,) polynomials (k, d + 1) that are monotone there cross ``level``, at most once each.

    sign: (k,) 1 for those that rise, -1 for those that fall.
    """
    for _ in range(HALVINGS):
        middle = (start + end) / 2
        past = sign * (value(coefficients, middle[:, None])[:, 0] - level) > 0
        start, end = np.where(past, start, middle), np.where(past, middle, end)
    return (start + end) / 2


def variation(coefficients: Array, edges: Array, until: Array) -> Array:
    """How far (...,) polynomials have gone, to and fro, from 0 to ``until`` (...,); ``edges``: their ``turns``."""
    passed = value(coefficients, np.minimum(edges, until[..., None]))
    out: Array = np.abs(np.diff(passed, axis=-1)).sum(axis=-1)
    return out
