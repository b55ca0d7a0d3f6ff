"""What a limit is.

A limit bounds a command in one or both of two ways. ``cap`` bounds it directly: the largest part of the command that is
allowed, in closed form. ``clear`` bounds where it leads: which of several braking rollouts keep their distance. Both
allow standing still, always; neither forbids a motion that only reduces its own violation.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.trip import Challenge, Face, each_way
from iatro_governor.profile.base import Name, Part, Source
from iatro_governor.profile.labels import Label

ROUNDING = 1e-9
"""Distances differ by rounding below this, m."""

Example = dict[str, Any]

View = Literal["base", "own", "body"]
Config = TypeVar("Config", bound="LimitConfig")


class LimitConfig(Part):
    """What every limit has in the profile."""

    example: ClassVar[Example] = {}
    """The keys of its own, as the documentation shows them and the contract tests use them."""
    doses: ClassVar[Doses] = {}
    """Which of its numbers a dose changes, and how; or why it changes none. One of the two, see ``limits.doses``."""

    name: Name
    kind: str
    channel: Name
    source: Source
    label: Label | None = None
    """What it does besides, and between which bounds it helps, where that is known better than of its kind."""


@dataclass(slots=True)
class Cap:
    """The part of a command that a limit allows.

    scale: largest s in [0, 1] for which ``s * u`` is allowed. requested, allowed: the bounded quantity, in the
    limit's unit, as commanded and at most. excess: by how much the output that stands is beyond what is allowed.
    Nobody writes to it; like ``Situation``, it is made too often to be frozen.
    """

    scale: float
    requested: float
    allowed: float
    excess: float = 0.0
    unit: str | None = None
    """Where it is not the limit's own."""


def excess(value: float, allowed: float) -> float:
    """By how much ``value`` is beyond ``allowed``; rounding is none."""
    return value - allowed if value > allowed + 1e-9 else 0.0


@dataclass(frozen=True, slots=True)
class Strain:
    """How hard a body pushes against what stopped it.

    share: of what stops it. slack: how much more of that may be felt while it leaves. leaving: whether what stands
    moves it, and by what is felt moves it away.
    """

    share: float
    slack: float
    leaving: bool


@dataclass(frozen=True, slots=True)
class Clearance:
    """How far the body is from what a limit guards, m, and how far it must stay."""

    now: float
    required: float


@dataclass(frozen=True, slots=True)
class Guard:
    """Distances to keep from g things, evaluated for c candidate rollouts at k samples each.

    now: (g,) m. ahead: (c, k, g) m. margin: m, to keep. floor: m, contact as near as can be told. noise: m, how far two
    measurements of an unmoved thing may differ.
    """

    now: Array
    ahead: Array
    margin: float
    floor: float
    noise: float

    def holds(self, half_step: Array) -> NDArray[np.bool_]:
        """Which candidates (c,) keep every distance; ``half_step``: (c, g) or (c, 1) m, as of the rollouts.

        At every sample ``ahead >= min(margin + half_step, now)``: nothing closes on the margin, and where it is broken
        already nothing gets closer. Below ``floor`` a closing that could be noise counts as none, as long as the body
        does not end up closer.
        """
        need = np.minimum(self.margin + half_step, self.now)
        kept: NDArray[np.bool_] = np.logical_and.reduce(self.ahead >= need[:, None, :] - ROUNDING, axis=1)
        touching = self.now < self.floor
        if touching.any():
            eased = np.logical_and.reduce(self.ahead >= self.now - self.noise, axis=1)
            eased = eased & (self.ahead[:, -1] >= self.now - ROUNDING)
            kept = np.where(touching, eased, kept)
        every: NDArray[np.bool_] = np.logical_and.reduce(kept, axis=1)
        return every


class Limit(ABC, Generic[Config]):
    """One bound on a channel. Subclasses give ``model``, ``unit`` and override ``cap``, ``clear`` or both.

    What ``situation`` and ``rollouts`` are follows from ``view``: ``Situation`` and ``Rollouts`` of a base,
    ``BodySituation`` and ``Ways`` of a jointed body.
    """

    model: ClassVar[type[LimitConfig]]
    unit: ClassVar[str]
    fits: ClassVar[frozenset[str]] = frozenset({"twist"})
    """Types of channel that it can bound."""
    view: ClassVar[View] = "base"
    """What it looks at: the base on the ground, its own channel's components alone, or the whole jointed body."""

    foresees: ClassVar[bool] = False
    """Whether its ``cap`` alone bounds, by where commands in flight will have led: then every delay counts."""

    fault: ClassVar[str] = ""
    """The ladder's fault that its ``alarm`` raises."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @property
    def weighs(self) -> bool:
        """Whether it asks for the ``mechanics`` of the body."""
        return False

    @property
    def keeps(self) -> bool:
        """Whether it looks at ways to rest, and may refuse one."""
        return type(self).clear is not Limit.clear

    @property
    def bound(self) -> float | None:
        """The scalar that bounds, in ``row_unit``, or None where a figure bounds."""
        return None

    @property
    def each(self) -> tuple[float, ...] | None:
        """One bound for each joint of the channel, in ``row_unit``, or None."""
        return None

    @property
    def row_unit(self) -> str:
        """Unit of ``bound`` and ``each``."""
        return self.unit

    def cap(self, command: Array, situation: Any) -> Cap | None:
        """The allowed part of ``command`` (3,), or None where the limit says nothing about it."""
        return None

    def clear(self, rollouts: Any, situation: Any, tolerance: float = 0.0) -> NDArray[np.bool_] | None:
        """Which candidates (c,) are allowed, or None for all.

        ``tolerance`` widens the margin inwards, m: a way to rest that was verified before is not dropped for noise.
        """
        return None

    def alarm(self, situation: Any) -> str | None:
        """Why the body has to stop at once, whatever is commanded, or None."""
        return None

    def strain(self, situation: Any) -> Strain | None:
        """How hard the body pushes, where this limit has stopped it for that; None: it has not."""
        return None

    def idle(self, situation: Any, reach: Any) -> bool:
        """Whether it surely says nothing of outputs that lead no further than ``reach``.

        That is a ``Span`` for what looks at a base, a ``Reach`` for what looks at a jointed body. Then it caps no
        command, refuses no way and is not broken: a quick answer that spares the exact one.
        """
        return False

    def rows(self, situation: Any) -> Rows | None:
        """Linear bounds on ``u``, see ``limits.rows``, for the nearest command to be looked for within; None: none."""
        return None

    def clearance(self, situation: Any) -> Clearance | None:
        """The distance this limit keeps, as it is now, or None where it keeps none or sees nothing."""
        return None

    def present(self, situation: Any) -> bool | None:
        """Whether the body is in the place, or feels the contact, that it is about; None: it is about none."""
        return None

    def about(self, situation: Any) -> str | None:
        """The link that comes nearest to the bound as things are, None: no single one, or it is not told."""
        return None

    def least_ahead(self, rollouts: Any, situation: Any) -> float | None:
        """The smallest distance along the last of ``rollouts``, m, or None where this limit keeps none."""
        return None

    def judged_ahead(self, rollouts: Any, situation: Any) -> float | None:
        """The same as it is judged: between two samples the body may be nearer by half a step."""
        least = self.least_ahead(rollouts, situation)
        return None if least is None else least - float(np.max(rollouts.half_step[-1]))

    def blocked(self, wanted: Array, situation: Any, ways: Any = None) -> tuple[float, float, float]:
        """Requested, allowed and margin, where ``clear`` refused ``wanted`` (n,): the least distance it led to, m.

        ``ways``: rollouts, the last of them that of ``wanted``, where there are any already. Raises NotImplementedError
        where it keeps no clearance.
        """
        clearance = self.clearance(situation)
        if clearance is None:
            raise NotImplementedError(f"{type(self).__name__} refuses ways and keeps no clearance")
        least = self.judged_ahead(situation.roll_out(wanted[None]) if ways is None else ways, situation)
        ahead = clearance.now if least is None else least
        return ahead, clearance.required, clearance.now - clearance.required

    def eased(self, margin: float, speed: float) -> Limit[Any] | None:
        """The same limit for an operator who brings the body out of a trap by hand; None: it never gives way.

        margin: m, what is kept then, but for what counts as touching. speed: m/s, at most.
        """
        return None

    @property
    def faces(self) -> tuple[Face, ...]:
        """How it intervenes."""
        own = type(self)
        caps, keeps, alarms = own.cap is not Limit.cap, self.keeps, own.alarm is not Limit.alarm
        every: tuple[tuple[Face, bool], ...] = (("cap", caps), ("clear", keeps), ("alarm", alarms))
        return tuple(face for face, has in every if has)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Inputs that it has to answer in the self-test; by default its channel moves every way in every scene.

        ``scenes``: situations of its view, at rest, from open space to things, people and pushes all around the body,
        and with nothing seen. A limit that none of this violates gives its own, a challenge for each thing it bounds.
        """
        place = scenes[0].place(self.config.channel)
        for face in self.faces:
            yield Challenge(face, each_way(scenes, place))

    def row(self) -> dict[str, Any]:
        """The limit as ``iatro check`` lists it."""
        config = self.config
        return {
            "name": config.name,
            "channel": config.channel,
            "kind": config.kind,
            "bound": self.bound,
            "bounds": None if self.each is None else list(self.each),
            "unit": self.row_unit,
            "source": config.source,
        }
