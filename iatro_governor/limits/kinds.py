"""Types of channel, by what a limit can bound of them."""

from __future__ import annotations

JOINT_MOTION = frozenset({"joint_velocity", "joint_position", "joint_effort", "joint_trajectory"})
"""Whatever moves joints by name."""
BODY_MOTION = JOINT_MOTION | {"twist", "pose"}
"""Whatever moves links of the model."""
