"""Contact force: what is felt at the wrist or in the joints is reported, and beyond a bound nothing pushes on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.contact_forces import Touch, judge, magnitudes, pushing_torques, turned
from iatro_governor.limits.doses import Doses, Rule, divided, inside
from iatro_governor.limits.felt_by_joints import untold
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, Strain
from iatro_governor.limits.link_keeping import slow
from iatro_governor.limits.rows import Rows
from iatro_governor.profile.base import Name, Part, Positive, Source
from iatro_governor.profile.joint_channels import EachPositive

PUSHES = -1e-9
"""Power of what is felt, W, below which a motion pushes against it."""
STILL = 1e-9
"""Speed, rad/s or m/s, up to which a joint stands."""
UNITS = ("N", "Nm")
FELT: dict[str, Rule] = {"report": divided, "stop": divided}
"""How a dose changes what is felt at most."""


class ContactTask(Part):
    """Higher bounds while a trusted source, never the planner, says that touching is what is being done."""

    flags: Name
    """The source of the flag; unknown or stale counts as not said."""
    flag: Name
    report: EachPositive
    stop: EachPositive
    source: Source


class ContactForceConfig(LimitConfig):
    """``report``, ``stop``: force, N, and torque, Nm, of ``wrench``; or a torque for each joint, told by ``state``."""

    example: ClassVar[Example] = {
        "wrench": "wrist",
        "report": [10.0, 2.0],
        "stop": [30.0, 6.0],
        "retreat_speed": 0.1,
    }
    doses: ClassVar[Doses] = {**FELT, "task": inside(FELT)}

    kind: Literal["contact_force"]
    wrench: Name | None = None
    """The sensor in the wrist; it feels what the hand and what it holds touch."""
    state: Name | None = None
    """The joints, with their efforts; they feel what any link touches."""
    report: EachPositive
    """Beyond it there is contact, and decisions say so."""
    stop: EachPositive
    """Beyond it there is a collision: the body stops, and then only leaves what it pushes against."""
    task: ContactTask | None = None
    retreat_speed: Positive
    """Fastest point of the body while it leaves, m/s."""

    @model_validator(mode="after")
    def _fitting(self) -> ContactForceConfig:
        if (self.wrench is None) == (self.state is None):
            raise ValueError("give exactly one of wrench and state")
        for part, name in ((self, ""), (self.task, "task.")):
            if part is None:
                continue
            if self.wrench is not None and not len(part.report) == len(part.stop) == len(UNITS):
                raise ValueError(f"{name}report and {name}stop of a wrench are a force and a torque: [N, Nm]")
            if len(part.report) != len(part.stop):
                raise ValueError(f"{name}report and {name}stop need as many numbers")
            if any(low > high for low, high in zip(part.report, part.stop, strict=True)):
                raise ValueError(f"{name}report must be at most {name}stop")
        return self


@dataclass(frozen=True, slots=True)
class Contact:
    """What is felt.

    touch: how bad. value, threshold: of the worst component, in ``unit``. reaction: (m,) W s/rad: moving by ``rates``,
    what is felt works ``reaction @ rates`` on the body; less than nothing where that pushes against it. deaf: (m,) the
    joints of which nobody knows whether they push. untold: joints that do not tell what they feel.
    """

    touch: Touch
    value: float
    threshold: float
    unit: str
    reaction: Array
    deaf: NDArray[np.bool_]
    untold: tuple[str, ...] = ()

    def pushes(self, rates: Array) -> bool:
        """Whether motion by ``rates`` (m,) pushes on, or nobody knows that it does not."""
        return self.guesses(rates) or not float(self.reaction @ rates) >= PUSHES

    def guesses(self, rates: Array) -> bool:
        """Whether a joint moves of which nobody knows."""
        return bool((np.abs(rates[self.deaf]) > STILL).any())


NOTHING = Contact(Touch.NONE, 0.0, 0.0, UNITS[0], np.zeros(0), np.zeros(0, dtype=bool))


class ContactForceLimit(Limit[ContactForceConfig]):
    """``f . v >= 0`` of what is felt and where it is felt, once that is beyond ``stop``: nothing pushes on.

    Of a wrench (f, tau) on the robot about a frame that moves by (v, w) the power is ``f . v + tau . w``, wherever the
    hand is touched. Joints feel ``tau_measured - g(q)`` (see ``limits.contact_forces``), and what is touched works
    against it. While the output that stands pushes on, the fault ``contact_collision`` brings the protective stop; then
    the body may leave, at ``retreat_speed``. A way out on which more is felt, by more than ``report``, is none: the
    sensor tells another sign or other axes, or something is behind; the fault is the same. While a joint of the channel
    tells no effort, nothing moves; efforts of other joints are not asked for. Nor does anything else of the body move
    against joints that feel a collision, a base under them among it: their torques do not say where on the arm it is,
    so only they themselves know a way out. A wrench knows it for the base, too. What the hand carries hides a contact
    as strong as its weight.
    """

    model = ContactForceConfig
    unit = "N"
    fits = BODY_MOTION
    view = "body"
    fault = "contact_collision"

    def __init__(self, config: ContactForceConfig) -> None:
        super().__init__(config)
        task = config.report if config.task is None else config.task.report
        self._least = [min(pair) for pair in zip(config.report, task, strict=True)]

    @property
    def weighs(self) -> bool:
        """For the torques of gravity, which the joints feel too."""
        return self.config.state is not None

    @property
    def bound(self) -> float | None:
        """Force at which it stops, N, of a wrench."""
        return None if self.config.wrench is None else self.config.stop[0]

    @property
    def row_unit(self) -> str:
        """N, or Nm of joints."""
        return UNITS[self.config.wrench is None]

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Report a contact; let a collision be left, slowly."""
        contact = self._contact(situation)
        if contact is None or contact.touch is Touch.NONE:
            return None
        beyond = contact.value - contact.threshold
        scale = 1.0
        if contact.touch is Touch.COLLISION:
            pushes = self._pushes(command, contact, situation)
            scale = 0.0 if pushes else slow(command, situation, self.config.retreat_speed).scale
        return Cap(scale, contact.value, contact.threshold, beyond, contact.unit)

    def rows(self, situation: BodySituation) -> Rows | None:
        """In a collision, nothing that pushes on."""
        contact = self._contact(situation)
        if contact is None or contact.touch is not Touch.COLLISION:
            return None
        deaf = situation.drive.matrix[contact.deaf]
        pushing = -contact.reaction[None] @ situation.drive.matrix
        bounds = np.concatenate([np.full(1, -PUSHES), np.full(2 * len(deaf), STILL)])
        return Rows(np.concatenate([pushing, deaf, -deaf]), bounds)

    def alarm(self, situation: BodySituation) -> str | None:
        """While the output that stands pushes on in a collision."""
        contact = self._contact(situation)
        if contact is None or contact.touch is not Touch.COLLISION:
            return None
        if contact.untold:
            return f"nobody tells the effort of {', '.join(contact.untold)}"
        if not self._pushes(situation.anchor, contact, situation):
            return None
        unit, guesses = contact.unit, contact.guesses(situation.rates(situation.anchor) - situation.still)
        what = "joints move that do not feel where it is" if guesses else "the motion pushes on"
        return f"{contact.value:.4g} {unit}, {contact.threshold:g} {unit} are allowed, and {what}"

    def strain(self, situation: BodySituation) -> Strain | None:
        """How hard it is pressed in a collision."""
        contact = self._contact(situation)
        if contact is None or contact.touch is not Touch.COLLISION or not contact.threshold:
            return None
        part = self._part(situation)
        slack = max(low / high for low, high in zip(part.report, part.stop, strict=True))
        moves = bool((situation.rates(situation.anchor) != situation.still).any())
        leaving = moves and not self._pushes(situation.anchor, contact, situation)
        return Strain(contact.value / contact.threshold, slack, leaving)

    def present(self, situation: BodySituation) -> bool | None:
        """Whether anything is touched; None before anything was measured."""
        contact = self._contact(situation)
        return None if contact is None else contact.touch is not Touch.NONE

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Nothing is felt."""
        contact = self._contact(situation)
        return contact is None or contact.touch is Touch.NONE

    @staticmethod
    def _pushes(output: Array, contact: Contact, situation: BodySituation) -> bool:
        """Whether ``output`` (N,) adds motion against what is felt."""
        return contact.pushes(situation.rates(output) - situation.still)

    def _contact(self, situation: BodySituation) -> Contact | None:
        """What is felt now, None before anything was measured."""
        key = (self, "contact")
        if key not in situation.memo:
            of = self._at_wrist if self.config.wrench is not None else self._in_joints
            situation.memo[key] = of(situation)
        found: Contact | None = situation.memo[key]
        return found

    def _at_wrist(self, situation: BodySituation) -> Contact | None:
        felt = situation.sensed.felt.get(self.config.wrench or "")
        if felt is None:
            return None
        force, torque = self._least
        if math.hypot(*felt.force.tolist()) <= force and math.hypot(*felt.torque.tolist()) <= torque:
            return NOTHING
        wrench = np.concatenate([felt.force, felt.torque])
        values = magnitudes(wrench)
        touch, at, threshold = self._judged(values, situation)
        reaction = np.zeros(len(situation.now.q))
        deaf = np.zeros(len(reaction), dtype=bool)
        if touch is Touch.COLLISION:
            pose = situation.now.link(felt.frame)
            reaction = turned(wrench, pose[:3, :3]) @ situation.now.frame_jacobian(felt.frame)
        return Contact(touch, float(values[at]), threshold, UNITS[at], reaction, deaf)

    def _in_joints(self, situation: BodySituation) -> Contact:
        own = situation.joints[self.config.channel]
        reaction = np.zeros(len(situation.now.q))
        deaf, unknown = np.ones(len(reaction), dtype=bool), untold(situation, self.config.channel)
        if unknown or situation.mechanics is None:
            return Contact(Touch.COLLISION, 0.0, 0.0, UNITS[1], reaction, deaf, unknown)
        deaf[own] = False
        q = situation.now.q
        gravity = situation.mechanics.dynamics.gravity(q)
        pushing = pushing_torques(situation.effort, gravity)[own]
        touch, at, threshold = self._judged(np.abs(pushing), situation)
        reaction[own] = -pushing
        return Contact(touch, float(abs(pushing[at])), threshold, UNITS[1], reaction, deaf)

    def _judged(self, values: Array, situation: BodySituation) -> tuple[Touch, int, float]:
        """How bad ``values`` (k,) are, which of them is worst for its bound, and the bound that it is beyond."""
        part = self._part(situation)
        report, stop = np.array(part.report), np.array(part.stop)
        touch = Touch(int(judge(values, report, stop)))
        bound = stop if touch is Touch.COLLISION else report
        worst = int(np.argmax(values / bound))
        return touch, worst, float(bound[worst])

    def _part(self, situation: BodySituation) -> ContactForceConfig | ContactTask:
        """Whose bounds hold."""
        task = self.config.task
        if task is not None and situation.sensed.flags.get(task.flags, {}).get(task.flag):
            return task
        return self.config
