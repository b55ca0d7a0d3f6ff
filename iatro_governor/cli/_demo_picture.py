"""The picture of a demo run: the hall from above, with the ways of the governed robot and of its twin."""

from __future__ import annotations

import numpy as np

from iatro_governor.cli._demo_summary import Governed
from iatro_governor.plant.harm import Harm
from iatro_governor.plant.picture import Path, top_view
from iatro_governor.trial.run import RunResult
from iatro_governor.trial.scenario import Scenario

UNGOVERNED, GOVERNED = "#c0392b", "#1f7a4d"


def picture(scenario: Scenario, governed: Governed, twin: RunResult) -> str:
    """An SVG document."""
    bare = np.column_stack([twin.trace.t, twin.trace.pose[:, :2]])
    kept = np.array(governed.truth["track"])
    paths = (
        Path("ungoverned", UNGOVERNED, bare, twin.harms),
        Path("governed", GOVERNED, kept, [Harm(**harm) for harm in governed.truth["harms"]]),
    )
    return top_view(scenario.world.built(), paths)
