"""A group with no way out, and the operator who brings it out by hand: signed, held, and slow.

While it is TRAPPED the group offers an id and a nonce. A stream of messages signed over both moves it, at the profile's
creep speed, and only while they keep coming: silence ends it, and so does every fault. After a fault the operator has
to let go before the motion can begin again. No command of a planner moves the group meanwhile, nor after it before its
stream begins anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import Trap
from iatro_governor.governor.events import Command, Recover
from iatro_governor.governor.member import Member
from iatro_governor.governor.permit import Permits
from iatro_governor.governor.relief import relieved
from iatro_governor.governor.resolve import Limits
from iatro_governor.governor.twist import TwistChart
from iatro_governor.limits.limit import Limit
from iatro_governor.profile.recovery import Recover as RecoverConfig


@dataclass(frozen=True, slots=True)
class Hold:
    """The operator's newest message. motion: ``u`` (size,) of ``member``. limits: as they hold meanwhile."""

    member: Member
    motion: Array
    until: float
    limits: Sequence[Limit[Any]]
    told: str


class Recovery:
    """Of one group: its trap, and the message that moves it now."""

    def __init__(self, members: Sequence[Member], key: bytes | None) -> None:
        """``key``: the operator's; without one nobody moves a trapped group."""
        self._members = {member.name: (member, found) for member in members if (found := config_of(member))}
        self.permits = Permits(key)
        self._hold: Hold | None = None
        self._limits: tuple[str, Sequence[Limit[Any]]] = ("", ())
        self._barred_until = -math.inf
        self.trap: Trap | None = None

    def offer(self, trap: Trap) -> None:
        """There is no way out; ``trap`` is what an operator signs."""
        self.trap = trap

    def withdraw(self) -> None:
        """It moves by itself again: what was offered is good no more."""
        self.trap = self._hold = None

    def held(self, t: float) -> Hold | None:
        """What the operator has it do at ``t``, None: nothing."""
        if self._hold is not None and t > self._hold.until:
            self._hold = None
        return self._hold

    def end(self, t: float) -> None:
        """A stop is in force: the operator has to let go before the motion may begin again."""
        if self._hold is not None:
            self._barred_until = self._hold.until
            self._hold = None

    def take(
        self, event: Recover, unready: Callable[[], str | None], limits: Limits, look: Callable[[], Any]
    ) -> str | None:
        """Let ``event`` move its channel; returns why it does not.

        unready: asked once ``event`` is known to be an operator's, says why nobody may move the group now, or None.
        limits: of the group. look: at the body.
        """
        member, config = self._members.get(event.channel, (None, None))
        refused = self.permits.refusal(event, self.trap, 0.0 if config is None else config.hold_s)
        if refused is not None:
            return refused
        trap = self.trap
        if member is None or config is None or trap is None:
            return f"the profile lets nobody recover channel {event.channel!r}"
        barred = self._barred(event.t, config.hold_s)
        if (why := unready() or barred) is not None:
            return why
        motion = motion_of(member, event.values, event.t)
        if isinstance(motion, str):
            return motion
        if self._hold is not None and self._hold.member is not member:
            return f"channel {self._hold.member.name} is being recovered; let go of it first"
        largest = float(np.abs(motion).max(initial=0.0))
        slow = motion if largest <= config.speed else motion * (config.speed / largest)
        told = f"an operator moves {member.name}, message {event.count} of trap {trap.id}"
        eased = self._relieved(config, trap, limits, look)
        self._hold = Hold(member, slow, event.t + config.hold_s, eased, told)
        return None

    def _barred(self, t: float, hold_s: float) -> str | None:
        if t > self._barred_until:
            return None
        self._barred_until = t + hold_s
        return f"a stop has ended the motion; let go for {hold_s:g} s first"

    def _relieved(
        self, config: RecoverConfig, trap: Trap, limits: Limits, look: Callable[[], Any]
    ) -> Sequence[Limit[Any]]:
        """Worked out once for each trap, or every new hold could go a little further."""
        if self._limits[0] != trap.id:
            names = set(config.eases) & set(trap.limits)
            self._limits = trap.id, relieved(limits, names, config.speed, look())
        return self._limits[1]


def config_of(member: Member) -> RecoverConfig | None:
    """What the profile says of recovering ``member``."""
    found: RecoverConfig | None = getattr(member.chart.config, "recover", None)
    return found


def motion_of(member: Member, values: tuple[float, ...], t: float) -> Array | str:
    """``u`` (size,) of a motion in m/s and rad/s: a twist as the channel's commands have it, or joint velocities.

    What makes it none is told instead.
    """
    chart = member.chart
    if isinstance(chart, TwistChart):
        command = Command(t, member.name, values, t)
        return chart.why_garbled(command) or chart.wanted(command, 0.0)
    if len(values) != chart.size or not all(map(math.isfinite, values)):
        return f"{chart.size} finite speeds are needed, one a joint"
    return np.array(values)
