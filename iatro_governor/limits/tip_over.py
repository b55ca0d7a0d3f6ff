"""Tip-over: a base with an arm on it drives and turns no faster than it can stop without falling over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from iatro_governor.body.dynamics import GRAVITY
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.masses import Masses, whole_body
from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig
from iatro_governor.limits.stability import Support, balance
from iatro_governor.profile.base import Finite, NonNegative, Positive, Vector2, Vector3


class TipOverConfig(LimitConfig):
    """``contacts``: (n, 2) m, where the base touches the ground; ``margin``: m, kept within the edges between them."""

    example: ClassVar[Example] = {
        "contacts": [[0.3, 0.3], [-0.3, 0.3], [-0.3, -0.3], [0.3, -0.3]],
        "margin": 0.03,
        "deceleration": 1.0,
        "base_mass": 30.0,
        "base_centre": [0.0, 0.0, 0.2],
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["tip_over"]
    contacts: Annotated[tuple[Vector2, ...], Field(min_length=3, max_length=32)]
    margin: NonNegative
    ground: Finite = 0.0
    """Height of the ground in the base frame, m."""
    slope: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.0
    """Steepest ground that is driven on, rad."""
    deceleration: Positive
    """Hardest braking of any stop of the base, m/s2, as measured."""
    base_mass: NonNegative = 0.0
    """Of what belongs to the base and is no link of the model, kg."""
    base_centre: Vector3 = (0.0, 0.0, 0.0)
    """Where that is, base frame, m."""
    payload: NonNegative = 0.0
    """The largest mass that is carried in the model's tool, kg; it may also be empty."""

    @model_validator(mode="after")
    def _stands(self) -> TipOverConfig:
        Support(np.array(self.contacts))
        return self


@dataclass(frozen=True, slots=True)
class Stance:
    """How badly a robot may stand on its ``E`` edges, with the ground falling steepest towards each of them.

    room: (E,) m from where the weight presses to each edge, less the margin. rise: (E,) m, by which its centre of mass
    has to rise to tip over it. lever: s2, by how many metres each m/s2 of the base moves where the weight presses.
    centre: (2,) m, of mass.
    """

    room: Array
    rise: Array
    lever: float
    centre: Array


class TipOverLimit(Limit[TipOverConfig]):
    """Where the weight presses stays within the contacts: a level limit on driving and turning, by measured posture.

    Braking moves the zero-moment point by ``h a / g`` ahead, turning by ``h |a_c| / g`` outwards, with a_c the
    centripetal acceleration of the centre of mass, h m high (see ``limits.stability``). An edge that the hardest stop
    carries it over is driven towards no faster than has the energy to tip: ``v^2 / 2 <= g (r - r cos(angle))``, with
    the centre of mass r m from the edge less the margin and ``angle`` from upright over it, for brakes only take energy
    away. What the arm's own motion adds is not in it.
    """

    model = TipOverConfig
    unit = "m/s"
    view = "body"

    def __init__(self, config: TipOverConfig) -> None:
        super().__init__(config)
        self._support = Support(np.array(config.contacts))

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Scale down to what neither stop nor turn tips."""
        asked, standing = (situation.own(self.config.channel, u) for u in (command, situation.anchor))
        if not asked.any() and not standing.any():
            return None
        stances = self._now(situation)
        scale = min(self._share(stance, asked) for stance in stances)
        kept = min(self._share(stance, standing) for stance in stances)
        over = (1.0 - kept) * _size(standing)
        unit = None if asked[:2].any() else "rad/s"
        return Cap(scale, _size(asked), scale * _size(asked), over, unit)

    def _share(self, stance: Stance, own: Array) -> float:
        """The admissible share of a base's components ``own``."""
        vx, vy, wz = float(own[0]), float(own[1]), float(own[-1])
        speed = math.hypot(vx, vy)
        braking = self._pressed(stance, self.config.deceleration * np.array([vx, vy]) / max(speed, 1e-12))
        x, y = stance.centre
        turning = self._pressed(stance, np.array([wz * vy + wz * wz * x, wz * wz * y - wz * vx]))
        return min(self._driven(stance, braking, speed), self._turned(stance, braking, turning))

    def hardest(self, posture: Posture, freedoms: int, tool: str | None, direction: Array) -> float:
        """Hardest braking, m/s2, that a robot in ``posture`` stands while it drives along ``direction`` (2,), unit."""
        stance, *_ = self._stances(posture, freedoms, tool)
        each = self._pressed(stance, direction)
        pressed = each > 0
        return float((np.maximum(stance.room, 0.0)[pressed] / each[pressed]).min(initial=np.inf))

    def _pressed(self, stance: Stance, acceleration: Array) -> Array:
        """How far (E,) the weight moves towards each edge, m, while the base accelerates by the opposite (2,) m/s2."""
        out: Array = np.maximum(stance.lever * (self._support.normals @ acceleration), 0.0)
        return out

    @staticmethod
    def _driven(stance: Stance, braking: Array, speed: float) -> float:
        """Share of the speed from which the hardest stop tips it over no edge."""
        over = braking > stance.room
        if speed == 0.0 or not over.any():
            return 1.0
        return min(math.sqrt(2 * GRAVITY * float(stance.rise[over].min())) / speed, 1.0)

    @staticmethod
    def _turned(stance: Stance, braking: Array, turning: Array) -> float:
        """Share of the command whose turning, which grows with its square, uses up what braking leaves of the room."""
        left = np.where(braking > stance.room, stance.room, stance.room - braking)
        over = (turning > left) & (turning > 0)
        if not over.any():
            return 1.0
        return float(np.sqrt(np.maximum(left[over], 0.0) / turning[over]).min())

    def _now(self, situation: BodySituation) -> list[Stance]:
        key = (self, "stance")
        if key not in situation.memo:
            situation.memo[key] = self._stances(situation.now, situation.freedoms, situation.tool)
        out: list[Stance] = situation.memo[key]
        return out

    def _stances(self, posture: Posture, freedoms: int, tool: str | None) -> list[Stance]:
        """One with nothing carried and one with all that may be, ``freedoms``: joints of the base.

        Each as near to every edge and as high as either, which is worse than whatever is carried: the rise to an edge
        grows with how far it is and shrinks with the height.
        """
        config = self.config
        carried = [self._masses(posture, freedoms, tool, load) for load in {0.0, config.payload}]
        stands = [balance(each, np.zeros((len(each.mass), 3)), config.ground) for each in carried]
        normals, offsets = self._support.normals, self._support.offsets
        away = np.min([offsets - normals @ each.point for each in stands], axis=0) - config.margin
        height = max(float(each.centre()[2]) for each in carried) - config.ground
        upright = np.maximum(np.arctan2(away, height) - config.slope, 0.0)
        rise = np.hypot(away, height) * (1.0 - np.cos(upright))
        lever = max(float(each.lever) for each in stands) / math.cos(config.slope)
        room = away - height * math.tan(config.slope)
        return [Stance(room, rise, lever, each.point) for each in stands]

    def _masses(self, posture: Posture, freedoms: int, tool: str | None, load: float) -> Masses:
        """Everything that weighs on the ground, in the base frame, with ``load`` kg in the tool."""
        config, frame = self.config, posture.bodies[freedoms]
        links = whole_body(posture, 0.0, np.zeros(3))
        carried = posture.link(tool)[:3, 3] if tool is not None else frame[:3, 3]
        points = (np.vstack([links.points, carried]) - frame[:3, 3]) @ frame[:3, :3]
        points[0] = config.base_centre
        mass = np.concatenate([[config.base_mass], links.mass[1:], [load]])
        return Masses(mass, points, np.append(links.bodies, 0))


def _size(own: Array) -> float:
    """Speed of a base, m/s; where it only turns, rad/s."""
    return math.hypot(float(own[0]), float(own[1])) or abs(float(own[-1]))
