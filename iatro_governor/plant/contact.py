"""Who touches what and how hard: contact forces read from MuJoCo, and what a person's region feels of them.

The force on a region is the vector sum of all contacts on its tissue, averaged over 5 ms: long enough that the
light tissue's own inertia does not count as a blow, short against the 30 ms and more of a real one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import mujoco
import numpy as np

from iatro_governor.plant.arm_mjcf import BLOCK_BIT, BONE_BIT, ROBOT_BIT, THING_BIT, TIMESTEP, TISSUE_BIT

Victim = Literal["tissue", "block", "self", "grip", "support"]
AVERAGED = round(0.005 / TIMESTEP)
HELD_S = 0.5  # a force that lasts this long is quasi-static
HELD = round(HELD_S / TIMESTEP)
_VICTIM: dict[tuple[int, int], Victim] = {
    (ROBOT_BIT, TISSUE_BIT): "tissue", (THING_BIT, TISSUE_BIT): "tissue", (ROBOT_BIT, BLOCK_BIT): "block",
    (THING_BIT, BLOCK_BIT): "block", (ROBOT_BIT, ROBOT_BIT): "self", (ROBOT_BIT, THING_BIT): "grip",
    (BONE_BIT, BLOCK_BIT): "support",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact: what ``by`` (a link or thing) does to ``name`` (region, block, link or thing).

    ``force`` (3,) N on the victim, ``normal`` (3,) unit from ``by`` to the victim, ``speed`` m/s of ``by`` along it.
    For a support ``name`` is the region and ``by`` the block it rests on.
    """

    victim: Victim
    name: str
    by: str
    force: np.ndarray
    normal: np.ndarray
    speed: float


class ContactReader:
    """Turns MuJoCo's contacts into touches; what cannot matter (things lying about, the floor) is left out."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._kind = model.geom_contype.copy()
        names = [model.geom(i).name for i in range(model.ngeom)]
        self._name = [name if kind == BLOCK_BIT else model.body(int(body)).name.removesuffix("/tissue")
                      for name, kind, body in zip(names, self._kind, model.geom_bodyid, strict=True)]  # fmt: skip
        self._six = np.zeros(6)

    def read(self, data: mujoco.MjData, held: frozenset[str] = frozenset()) -> list[Touch]:
        """The touches of the last step; a thing against a block counts only while it is ``held``."""
        pairs = data.contact.geom[: data.ncon]
        kinds = self._kind[pairs].sum(axis=1)
        idle = kinds == THING_BIT + BLOCK_BIT
        if not held and idle.all():
            return []
        return [touch for index in (np.arange(data.ncon) if held else np.flatnonzero(~idle))
                if (touch := self._touch(data, int(index), held)) is not None]  # fmt: skip

    def _touch(self, data: mujoco.MjData, index: int, held: frozenset[str]) -> Touch | None:
        contact = data.contact[index]
        first, second = (int(geom) for geom in contact.geom)
        sign = 1.0  # the contact's normal points from its first to its second geom
        if (self._kind[first], self._kind[second]) not in _VICTIM:
            first, second, sign = second, first, -1.0
        victim = _VICTIM.get((int(self._kind[first]), int(self._kind[second])))
        by, name = self._name[first], self._name[second]
        if victim is None or (victim == "block" and self._kind[first] == THING_BIT and by not in held):
            return None
        if victim == "support":
            by, name = name, by
        mujoco.mj_contactForce(self._model, data, index, self._six)
        frame = contact.frame.reshape(3, 3)
        normal, force = sign * frame[0], sign * (self._six[:3] @ frame)
        speed = float(self._velocity(data, first, contact.pos) @ normal)
        return Touch(victim, name, by, force, normal, speed)

    def _velocity(self, data: mujoco.MjData, geom: int, point: np.ndarray) -> np.ndarray:
        body = int(self._model.geom_bodyid[geom])
        mujoco.mj_objectVelocity(self._model, data, mujoco.mjtObj.mjOBJ_XBODY, body, self._six, 0)
        spin, linear = self._six[:3].copy(), self._six[3:].copy()
        return np.asarray(linear + np.cross(spin, point - data.xpos[body]))


@dataclass(slots=True)
class ForceMeter:
    """The force (N) on one region: ``now``, largest so far ``peak``, and largest that lasted 0.5 s ``held``."""

    now: float = 0.0
    peak: float = 0.0
    held: float = 0.0
    sustained: float = 0.0
    """The least force of the last 0.5 s."""
    _recent: np.ndarray = field(default_factory=lambda: np.zeros((AVERAGED, 3)))
    _window: np.ndarray = field(default_factory=lambda: np.zeros(HELD))
    _step: int = 0
    _quiet: int = HELD

    def add(self, force: np.ndarray | None) -> None:
        """One more time step with this total force (3,); None where nothing touches."""
        self._quiet = 0 if force is not None else self._quiet + 1
        if self._quiet >= HELD:
            return
        self._recent[self._step % AVERAGED] = 0.0 if force is None else force
        self.now = float(np.linalg.norm(self._recent.sum(axis=0))) / AVERAGED
        self._window[self._step % HELD] = self.now
        self._step += 1
        self.sustained = float(self._window.min())
        self.peak, self.held = max(self.peak, self.now), max(self.held, self.sustained)


def total(touches: Iterable[Touch]) -> np.ndarray:
    """The vector sum (3,) of the touches' forces (N)."""
    return np.asarray(np.sum([touch.force for touch in touches], axis=0))
