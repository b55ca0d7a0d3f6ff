"""Who touches what and how hard: contact forces read from MuJoCo, and what a person's region feels of them.

The force on a region is the vector sum of all contacts on its tissue, averaged over 3 ms: long enough that the
light tissue's own inertia does not count as a blow, short enough for one that takes 10 ms. Together with the soft
contact itself such a short blow, of a light thing, reads up to 12% low; a blow of the arm takes three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import mujoco
import numpy as np

from iatro_governor.plant.arm_mjcf import BLOCK_BIT, BONE_BIT, ROBOT_BIT, THING_BIT, TIMESTEP, TISSUE_BIT

Victim = Literal["tissue", "block", "self", "grip", "support"]
AVERAGED = round(0.003 / TIMESTEP)
HELD_S = 0.5  # a force that lasts this long is quasi-static
HELD = round(HELD_S / TIMESTEP)
_VICTIM: dict[tuple[int, int], Victim] = {
    (ROBOT_BIT, TISSUE_BIT): "tissue", (THING_BIT, TISSUE_BIT): "tissue", (ROBOT_BIT, BLOCK_BIT): "block",
    (THING_BIT, BLOCK_BIT): "block", (ROBOT_BIT, ROBOT_BIT): "self", (ROBOT_BIT, THING_BIT): "grip",
    (BONE_BIT, BLOCK_BIT): "support",
}  # fmt: skip
_ZERO = np.zeros(3)


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact: what ``by`` (a link or thing) does to ``name`` (region, block, link or thing).

    ``force`` (3,) N on the victim at ``point`` (3,) m, ``normal`` (3,) unit from ``by`` to the victim, ``speed`` m/s of
    ``by`` along it.
    For a support ``name`` is the region and ``by`` the block it rests on, with the normal towards the block. Of a
    support and of a grip only the names and the normal count: force and speed are zero.
    """

    victim: Victim
    name: str
    by: str
    force: np.ndarray
    normal: np.ndarray
    speed: float
    point: np.ndarray


class ContactReader:
    """Turns MuJoCo's contacts into touches; what cannot matter (things lying about, the floor) is left out."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._kind = model.geom_contype.copy()
        self._bit: list[int] = self._kind.tolist()
        self._body: list[int] = model.geom_bodyid.tolist()
        names = [model.geom(i).name for i in range(model.ngeom)]
        self._name = [name if kind == BLOCK_BIT else model.body(int(body)).name.removesuffix("/tissue")
                      for name, kind, body in zip(names, self._kind, model.geom_bodyid, strict=True)]  # fmt: skip
        self._six = np.zeros(6)

    def read(self, data: mujoco.MjData, held: frozenset[str] = frozenset()) -> list[Touch]:
        """The touches of the last step; a thing against a block counts only while it is ``held``."""
        pairs = data.contact.geom[: data.ncon]
        idle = self._kind[pairs].sum(axis=1) == THING_BIT + BLOCK_BIT
        if not held and idle.all():
            return []
        indices = range(data.ncon) if held else np.flatnonzero(~idle).tolist()
        pairs_of = pairs.tolist()
        touches = (self._touch(data, index, pairs_of[index], held) for index in indices)
        return [touch for touch in touches if touch is not None]

    def _touch(
        self, data: mujoco.MjData, index: int, pair: tuple[int, int], held: frozenset[str]
    ) -> Touch | None:
        (first, second), sign = pair, 1.0  # the contact's normal points from its first to its second geom
        victim = _VICTIM.get((self._bit[first], self._bit[second]))
        if victim is None:
            first, second, sign = second, first, -1.0
            victim = _VICTIM.get((self._bit[first], self._bit[second]))
        by, name = self._name[first], self._name[second]
        if victim is None or (victim == "block" and self._bit[first] == THING_BIT and by not in held):
            return None
        normal = sign * data.contact.frame[index, :3]
        if victim == "grip":
            return Touch(victim, name, by, _ZERO, normal, 0.0, _ZERO)
        if victim == "support":
            return Touch(victim, by, name, _ZERO, normal, 0.0, _ZERO)
        mujoco.mj_contactForce(self._model, data, index, self._six)
        force = sign * (self._six[:3] @ data.contact.frame[index].reshape(3, 3))
        point = data.contact.pos[index].copy()
        return Touch(victim, name, by, force, normal, self._speed(data, first, point, normal), point)

    def _speed(self, data: mujoco.MjData, geom: int, point: np.ndarray, normal: np.ndarray) -> float:
        """Speed (m/s) of a point of ``geom`` along ``normal``."""
        body = self._body[geom]
        mujoco.mj_objectVelocity(self._model, data, mujoco.mjtObj.mjOBJ_XBODY, body, self._six, 0)
        wx, wy, wz, vx, vy, vz = self._six.tolist()
        x, y, z = (point - data.xpos[body]).tolist()
        nx, ny, nz = normal.tolist()
        along = nx * (vx + wy * z - wz * y) + ny * (vy + wz * x - wx * z) + nz * (vz + wx * y - wy * x)
        return float(along)


@dataclass(slots=True)
class ForceMeter:
    """The force (N) on one region: ``now``, largest so far ``peak``, and largest that lasted 0.5 s ``held``."""

    now: float = 0.0
    peak: float = 0.0
    held: float = 0.0
    sustained: float = 0.0
    """The least force of the last 0.5 s."""
    averaged: int = AVERAGED
    """Time steps over which it averages."""
    _recent: np.ndarray = field(init=False)
    _window: np.ndarray = field(default_factory=lambda: np.zeros(HELD))
    _step: int = 0
    _quiet: int = HELD

    def __post_init__(self) -> None:
        self._recent = np.zeros((self.averaged, 3))

    @property
    def vector(self) -> np.ndarray:
        """The force now as a vector (3,)."""
        return np.asarray(self._recent.mean(axis=0))

    def add(self, force: np.ndarray | None) -> None:
        """One more time step with this total force (3,); None where nothing touches."""
        self._quiet = 0 if force is not None else self._quiet + 1
        if self._quiet >= HELD:
            return
        self._recent[self._step % self.averaged] = 0.0 if force is None else force
        self.now = float(np.linalg.norm(self._recent.sum(axis=0))) / self.averaged
        self._window[self._step % HELD] = self.now
        self._step += 1
        self.sustained = float(self._window.min())
        self.peak, self.held = max(self.peak, self.now), max(self.held, self.sustained)


def total(touches: Iterable[Touch]) -> np.ndarray:
    """The vector sum (3,) of the touches' forces (N)."""
    return np.asarray(np.sum([touch.force for touch in touches], axis=0))
