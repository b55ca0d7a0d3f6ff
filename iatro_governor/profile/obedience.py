"""Which channels are supervised for disobedience, and why the others are not, so that nobody relies on it there."""

from __future__ import annotations

JUDGED = frozenset({"twist", "joint_velocity", "joint_position", "joint_trajectory"})
"""Types of channel whose commands are motion, which is measured."""
NOT_JUDGED = {
    "joint_effort": "an effort moves joints as their load and their surroundings let it, so no motion contradicts it: "
    "bound the motion by limits on joints and links, and feel contacts",
    "pose": "the driver chooses how the joints lead the link to a set-point: watch its joints by a driver that faults",
    "wrench": "a wrench moves what it presses on as that gives way: bound what is pressed, and feel it",
    "gripper": "fingers move as what they hold lets them, and stand where it stops them: choose the hold effort for it",
}
"""Why measured motion says nothing about obedience, and what helps in its place, by type of channel."""


def obedience_of(channel_type: str) -> dict[str, object]:
    """As ``iatro check --json`` tells it: ``judged``, and ``why`` not."""
    return {"judged": channel_type in JUDGED, "why": NOT_JUDGED.get(channel_type)}
