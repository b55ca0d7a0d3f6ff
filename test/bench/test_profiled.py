"""Whose time a step takes."""

from __future__ import annotations

import numpy as np

from bench.profiled import profiled
from iatro_governor.body.polynomial import value


def test_what_numpy_does_for_a_file_counts_as_the_files() -> None:
    coefficients, at = np.ones((50, 6)), np.ones((50, 20))
    found = profiled(lambda: value(coefficients, at), steps=20)
    assert list(found["files"]) == ["body/polynomial.py"] and found["files"]["body/polynomial.py"] > 0.3
    assert found["calls"] > found["calls_outside"] > 0


def test_what_none_of_our_files_did_is_nobodys() -> None:
    found = profiled(lambda: sum(range(10)), steps=20)
    assert found["files"] == {}
