"""Every kind of limit. A new limit is one new file and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iatro_governor.errors import ProfileError
from iatro_governor.limits.agreements import disagreements
from iatro_governor.limits.command_rate import CommandRateLimit
from iatro_governor.limits.contact_force import ContactForceLimit
from iatro_governor.limits.effort_rate import EffortRateLimit
from iatro_governor.limits.geofence import GeofenceLimit
from iatro_governor.limits.gripper_speed import GripperSpeedLimit
from iatro_governor.limits.jerk import JerkLimit
from iatro_governor.limits.joint_effort import JointEffortLimit
from iatro_governor.limits.joint_jerk import JointJerkLimit
from iatro_governor.limits.joint_position import JointPositionLimit
from iatro_governor.limits.joint_rate import JointAccelerationLimit, JointDecelerationLimit
from iatro_governor.limits.joint_velocity import JointVelocityLimit
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.link_obstacle import LinkObstacleLimit
from iatro_governor.limits.link_separation import LinkSeparationLimit
from iatro_governor.limits.link_slow_zone import LinkSlowZoneLimit
from iatro_governor.limits.link_speed import LinkSpeedLimit
from iatro_governor.limits.link_zone import LinkZoneLimit
from iatro_governor.limits.needs import missing_limits
from iatro_governor.limits.obstacle import ObstacleLimit
from iatro_governor.limits.payload import PayloadLimit
from iatro_governor.limits.places import (
    beyond_description,
    misplaced_limits,
    unfitting_limits,
    unreachable_areas,
)
from iatro_governor.limits.power_and_force import PowerAndForceLimit
from iatro_governor.limits.projection import unprojectable
from iatro_governor.limits.rate import AccelerationLimit, DecelerationLimit
from iatro_governor.limits.recoveries import unrecoverable
from iatro_governor.limits.self_collision import SelfCollisionLimit
from iatro_governor.limits.separation import SeparationLimit
from iatro_governor.limits.singularity import SingularityLimit
from iatro_governor.limits.slow_zone import SlowZoneLimit
from iatro_governor.limits.speed import SpeedLimit
from iatro_governor.limits.time_to_collision import TimeToCollisionLimit
from iatro_governor.limits.tip_over import TipOverLimit
from iatro_governor.limits.treatments import contradicting
from iatro_governor.limits.unseen import UnseenLimit
from iatro_governor.limits.workspace import WorkspaceLimit
from iatro_governor.limits.wrench import WrenchLimit
from iatro_governor.limits.zone import ZoneLimit
from iatro_governor.profile.base import Part
from iatro_governor.profile.body_model import with_body
from iatro_governor.profile.load import Profile, load
from iatro_governor.profile.pushes import unfelt_pushes
from iatro_governor.profile.stoppable import unstoppable

KINDS: dict[str, type[Limit[Any]]] = {
    "speed": SpeedLimit,
    "acceleration": AccelerationLimit,
    "deceleration": DecelerationLimit,
    "jerk": JerkLimit,
    "zone": ZoneLimit,
    "slow_zone": SlowZoneLimit,
    "geofence": GeofenceLimit,
    "obstacle": ObstacleLimit,
    "time_to_collision": TimeToCollisionLimit,
    "unseen": UnseenLimit,
    "separation": SeparationLimit,
    "command_rate": CommandRateLimit,
    "joint_velocity": JointVelocityLimit,
    "joint_acceleration": JointAccelerationLimit,
    "joint_deceleration": JointDecelerationLimit,
    "joint_jerk": JointJerkLimit,
    "joint_position": JointPositionLimit,
    "payload": PayloadLimit,
    "tip_over": TipOverLimit,
    "joint_effort": JointEffortLimit,
    "effort_rate": EffortRateLimit,
    "wrench": WrenchLimit,
    "gripper_speed": GripperSpeedLimit,
    "link_speed": LinkSpeedLimit,
    "link_zone": LinkZoneLimit,
    "link_slow_zone": LinkSlowZoneLimit,
    "workspace": WorkspaceLimit,
    "singularity": SingularityLimit,
    "link_obstacle": LinkObstacleLimit,
    "link_separation": LinkSeparationLimit,
    "power_and_force": PowerAndForceLimit,
    "contact_force": ContactForceLimit,
    "self_collision": SelfCollisionLimit,
}


def load_profile(path: str | Path, description: str | None = None) -> Profile:
    """The profile at ``path``, with every kind of limit known; ``description``: the URDF where a topic carries it.

    Raises:
        ProfileError: with every problem found.
    """
    profile = load(path, {kind: limit.model for kind, limit in KINDS.items()})
    fits = {kind: limit.fits for kind, limit in KINDS.items()}
    grounded = frozenset(kind for kind, limit in KINDS.items() if limit.view == "base")
    bodily = frozenset(kind for kind, limit in KINDS.items() if limit.view == "body")
    if problems := misplaced_limits(profile, fits, grounded, bodily):
        raise ProfileError(problems)
    if problems := unreachable_areas(profile):
        raise ProfileError(problems)
    if problems := missing_limits(profile) or contradicting(profile):
        raise ProfileError(problems)
    profile = with_body(profile, description)
    if problems := unprojectable(profile):
        raise ProfileError(problems)
    if problems := unfitting_limits(profile) or beyond_description(profile) or unstoppable(profile):
        raise ProfileError(problems)
    if problems := unfelt_pushes(profile) or disagreements(profile) or unrecoverable(profile, KINDS):
        raise ProfileError(problems)
    return profile


def build(configs: Sequence[Part]) -> list[Limit[Any]]:
    """One limit for each configuration of a profile."""
    return [KINDS[config.kind](config) for config in configs]  # type: ignore[attr-defined]
