"""The body: its frames, its outline, and its model where it has joints."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Source, Topic
from iatro_governor.profile.figures import Figure

Text = Annotated[str, Field(min_length=1, max_length=400)]
JointName = Annotated[str, Field(min_length=1, max_length=128)]


class ModelPart(Part):
    """The robot's description, and what no description says."""

    urdf: Text | None = None
    """A file, or ``package://NAME/rest``; a relative path counts from the profile's folder."""
    topic: Topic | None = None
    """The topic that carries the description instead, std_msgs/String; read once, before the governor starts."""
    srdf: Text | None = None
    """A file whose disabled collisions are taken over; without one, neighbours may touch."""
    package_dirs: tuple[Text, ...] = ()
    """Folders that hold packages, for ``package://``."""
    joints: Annotated[tuple[JointName, ...], Field(min_length=1, max_length=64)] | None = None
    """The joints that move; by default all that channels command. Others stand at ``locked``."""
    locked: dict[JointName, Finite] = Field(default_factory=dict)
    """Positions of joints that stand, rad or m."""
    tool: JointName | None = None
    """The link that singularity and payload are reckoned for."""
    shapes: Literal["collision", "visual", "both"] = "both"
    capsules_per_link: Annotated[int, Field(strict=True, ge=1, le=4)] = 1
    missing_mesh_box: Positive | None = None
    """A mesh that is not found becomes a box, this much larger than its link on every side, m; else it is an error."""
    armature: dict[JointName, NonNegative] = Field(default_factory=dict)
    """Inertia of the rotors as the joints feel it, kg m2 or kg."""
    armature_source: Source | None = None
    payload: NonNegative = 0.0
    """Largest mass that the tool may carry, kg."""
    payload_source: Source | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.urdf is None) == (self.topic is None):
            raise ValueError("give exactly one of urdf and topic")
        if self.armature and self.armature_source is None:
            raise ValueError("armature needs armature_source")
        if self.payload and self.payload_source is None:
            raise ValueError("payload needs payload_source")
        return self


class Robot(Part):
    """The body."""

    name: Name
    base_frame: Name = "base_link"
    odom_frame: Name = "odom"
    footprint: Figure | None = None
    """Outline of a base on the ground; an arm that stands still has none."""
    footprint_source: Source | None = None
    height: tuple[Finite, Finite] | None = None
    """Lowest and highest point of the body, load included, m above the base frame's origin; none: any height."""
    height_source: Source | None = None
    model: ModelPart | None = None

    @model_validator(mode="after")
    def _a_body(self) -> Self:
        if self.footprint is None and self.model is None:
            raise ValueError("a robot has a footprint, a model, or both")
        if (self.footprint is None) != (self.footprint_source is None):
            raise ValueError("footprint and footprint_source go together")
        if (self.height is None) != (self.height_source is None):
            raise ValueError("height and height_source go together")
        if self.height is not None and not self.height[0] < self.height[1]:
            raise ValueError("height must rise from lowest to highest")
        return self
