"""What every source has."""

from __future__ import annotations

from iatro_governor.profile.base import Part, Timeout, Topic


class SourcePart(Part):
    """What every source has. A required source that is stale, garbled or missing stops the robot."""

    topic: Topic
    timeout_s: Timeout
    """After so long without data it is stale, s."""
    required: bool = True
    """Nothing moves before it has spoken, nor while it is stale or garbled."""
