"""Every key of a profile that may be left out has been judged: what holds then, and whether that is looser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from iatro_governor.limits.registry import KINDS
from iatro_governor.profile.model import ProfileData

JUDGED = {
    "left out, the strict end holds": """
        allowed_publishers capsules_per_link direction empty_means human_speed least_points links locked
        missing_mesh_box operator_key own_boxes own_inset policy pushed_by recover regions required speed
        speed_noise unsafe_brakes unsafe_clear_s unsafe_latches unsafe_recovery unsafe_shadow unsafe_state
        zero_means""",
    "left out, a stated number or way holds, and no profile may set it beyond its ends": """
        allow_split alpha bearing_step behind_gap cell claim_fraction clear_s cluster_gap covered_gap_s
        creep_speed disobey_s floor freeze_s lease_grace_s loop max_command_hz max_duration_s max_future_s max_gap_s
        max_increment max_jump max_points max_range_min max_speed max_unknown memory_s min_points n_min
        noise plan_idle_s rate_hz rearm_s repeated_stops rest_speed retreat_speed stamped trapped_s voxel""",
    "left out, the profile or the description says it elsewhere, or one of several has to be there": """
        base_frame box brakes capsule centre circle footprint frame height high joints latches link
        localisation low lower model odom_frame package_dirs polygon prism recovery resolution shapes source
        sources sphere srdf state stiffness told_by tool topic turn_radius upper urdf weights wrench""",
    "left out, there is none of it": """
        actions actuator armature base_centre base_mass behind clamped_force contraindications
        declared_actions faults ground held hold label services task topics witness""",
    (
        "left out, it is looser than when it is given: kept to the very edge, unladen, level, "
        "exact, or never pressed by silence"
    ): """
        detected_force margin payload slope stale_is_pressed true_means velocity_noise""",
    "obliged by the key that it is the source of": """
        armature_source footprint_source height_source human_speed_source payload_source stiffness_source
        turn_radius_source weights_source zero_means_source""",
}


def models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """A model and all that its keys hold."""
    if model not in seen:
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            for inner in within(field.annotation):
                yield from models(inner, seen)


def within(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from within(part)


def optional() -> set[str]:
    """The keys of a profile that may be left out."""
    seen: set[type[BaseModel]] = set()
    every: list[type[BaseModel]] = [ProfileData, *(limit.model for limit in KINDS.values())]
    found = [each for model in every for each in models(model, seen)]
    return {name for each in found for name, field in each.model_fields.items() if not field.is_required()}


def test_every_key_that_may_be_left_out_is_judged_once() -> None:
    """A new one fails here until somebody says what its absence means."""
    judged = [name for names in JUDGED.values() for name in names.split()]
    assert sorted(judged) == sorted(optional())
