"""Which polygons are figures: edges may lie on one line, and may not touch."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.profile.figures import PolygonFigure

U = [(0.0, 0.0), (3.0, 0.0), (3.0, 2.0), (2.0, 2.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.0, 2.0)]
"""Its tops, and they alone, lie on one line."""
PLUS = [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (2, 2), (2, 3), (1, 3), (1, 2), (0, 2), (0, 1), (1, 1)]


@pytest.mark.parametrize("corners", [U, PLUS, U[::-1]], ids=["U", "plus", "U the other way round"])
@pytest.mark.parametrize("turn", [0.0, 0.3, 2.0])
def test_edges_on_one_line_need_not_touch(corners, turn):
    """Turned, they lie on it up to rounding."""
    c, s = np.cos(turn), np.sin(turn)
    turned = [(c * x - s * y, s * x + c * y) for x, y in corners]
    assert len(PolygonFigure(corners=turned).shape().keys[0]) == len(corners)


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (2, 2), (2, 0), (0, 2)],
        [(0, 0), (4, 0), (4, 2), (3, 2), (2, 0), (1, 2), (0, 2)],
        [(0, 0), (3, 0), (3, 2), (1, 2), (1, 1), (2, 1), (2, 2), (0, 2)],
    ],
    ids=["cross", "a corner on an edge", "overlapping on one line"],
)
def test_edges_that_touch_are_no_figure(corners):
    with pytest.raises(ValidationError, match="cross each other or touch"):
        PolygonFigure(corners=corners)
