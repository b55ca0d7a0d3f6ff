"""The self-test: every limit of a profile is given what it must not let pass, and has to intervene.

It runs on governors of its own, built from the same profile, so it leaves nothing behind in the one that governs. Each
limit is tried alone, by the steps that a decision takes: what another limit would have caught does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.errors import Problem, ProfileError
from iatro_governor.governor.admissible import PAUSE
from iatro_governor.governor.admission import Admission
from iatro_governor.governor.core import Governor
from iatro_governor.governor.freshness import CommandStream
from iatro_governor.governor.group import Group
from iatro_governor.governor.jointed import JointedBody
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.member import Member
from iatro_governor.governor.recovery import config_of
from iatro_governor.governor.report import rate_reports
from iatro_governor.governor.resolve import resolve
from iatro_governor.governor.scenes import SCENES, fresh
from iatro_governor.governor.trajectory_chart import TrajectoryChart
from iatro_governor.governor.trajectory_trips import offending, resting
from iatro_governor.governor.vetting import Answer
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.command_rate import tightest
from iatro_governor.limits.limit import Cap, Limit
from iatro_governor.limits.trip import Challenge, Face, Trip
from iatro_governor.profile.load import Profile

TRIED = {
    "cap": "let pass whole what it bounds",
    "clear": "let the body go where it must not",
    "alarm": "called for no stop",
    "rate": "let a step pass that is too large",
    "stream": "let more commands pass than it allows",
}
"""What a limit did that did not intervene."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the self-test found of one limit. refuses: nothing may move with it; else it is a warning."""

    limit: str
    channel: str
    message: str
    refuses: bool

    def __str__(self) -> str:
        """In a line."""
        return f"limit {self.limit} on channel {self.channel}: {self.message}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: which limit, and what was found, None: it intervened."""

    limit: str
    finding: Finding | None


def self_test(profile: Profile) -> list[Finding]:
    """What is wrong with the limits of ``profile``, each tried with violating inputs."""
    return [step.finding for step in steps(profile) if step.finding is not None]


def tested(profile: Profile) -> list[Finding]:
    """What the self-test of ``profile`` warns of: limits that could not be tried here.

    Raises:
        ProfileError: naming every limit that does not intervene; nothing may start with it.
    """
    findings = self_test(profile)
    if failed := [finding for finding in findings if finding.refuses]:
        raise ProfileError(problems(profile, failed))
    return findings


def problems(profile: Profile, findings: Sequence[Finding]) -> list[Problem]:
    """One problem for each limit among ``findings``, at its line of the profile."""
    out = {}
    for index, config in enumerate(profile.limits):
        name = config.name  # type: ignore[attr-defined]
        for finding in findings:
            if finding.limit == name and name not in out:
                wanted = "a limit that intervenes when it is violated"
                out[name] = profile.problem(("limits", index, "kind"), _kind(config), wanted, str(finding))
    return list(out.values())


def _kind(config: object) -> str:
    return str(getattr(config, "kind", ""))


def steps(profile: Profile) -> Iterator[Step]:
    """The same, one challenge at a time, for whoever has a loop to keep."""
    cores = [fresh(profile, scene) for scene in SCENES]
    core = cores[0]
    for config in profile.limits:
        name, channel = config.name, config.channel  # type: ignore[attr-defined]
        group = core.channels[channel]
        limit = next((limit for limit in group.limits if limit.config.name == name), None)
        if limit is None:
            yield Step(name, Finding(name, channel, "the governor did not take it up", True))
            continue
        scenes = [each.channels[channel].look(0.0) for each in cores]
        tried = False
        for challenge in limit.trips(scenes):
            tried = True
            found = _judge(limit, challenge, core, group)
            yield Step(name, None if found is None else Finding(name, channel, *found))
        yield from _eased(limit, group, core, scenes)
        if not tried:
            yield Step(name, Finding(name, channel, "nothing is known that would make it intervene", True))


def _eased(limit: Limit[Any], group: Group, core: Governor, scenes: Sequence[Any]) -> Iterator[Step]:
    """What gives way to an operator's recovery still intervenes at what is never given up."""
    config = limit.config
    recover = config_of(group.member(config.channel))
    if recover is None or config.name not in recover.eases:
        return
    eased = limit.eased(0.0, recover.speed)
    for challenge in () if eased is None else eased.trips(scenes):
        if challenge.face == "clear":
            assert eased is not None
            found = _judge(eased, challenge, core, group)
            told = None if found is None else (f"eased for a recovery, {found[0]}", found[1])
            yield Step(config.name, None if told is None else Finding(config.name, config.channel, *told))


def _judge(limit: Limit[Any], challenge: Challenge, core: Governor, group: Group) -> tuple[str, bool] | None:
    """What is wrong, and whether that refuses the start; None: it intervened."""
    if challenge.beyond:
        return f"it cannot be tried here: {challenge.beyond}", False
    member = group.member(limit.config.channel)
    if challenge.face == "stream":
        met = _counts(limit, member)
    elif isinstance(member.chart, TrajectoryChart) and isinstance(group.body, JointedBody):
        met = _vets(limit, challenge, member, member.chart, group.body, group.look(0.0))
    else:
        met = any(_answers(limit, challenge.face, trip, group, core.period) for trip in challenge.trips)
    return None if met else (f"it {TRIED[challenge.face]} in the self-test", True)


def _answers(limit: Limit[Any], face: Face, trip: Trip, group: Group, period: float) -> bool:
    """Whether the limit changes what ``trip`` asks for, or stops it, by ``face`` and nothing else."""
    situation, wanted = trip.situation, trip.command
    if face == "alarm":
        return limit.alarm(situation) is not None
    rates = group.rates
    step = partial(_step, group, situation.anchor, period)
    if face == "rate":
        output = step(wanted[None])[0]
        pace = np.zeros(len(wanted))
        reports = rate_reports(rates, situation.anchor, pace, wanted, output, period)
        return not np.array_equal(output, wanted) and limit.config.name in {r.name for r in reports}
    alone = _Alone(limit, face)
    limits = [alone] if group.body.relevant([limit], situation, wanted) else []
    resolution = resolve(wanted, situation, limits, step)
    if resolution.scale is None:
        return alone in resolution.blocked
    capped = any(cap.scale < 1.0 for _, cap in resolution.caps)
    changed = not np.array_equal(step(resolution.target[None])[0], wanted)
    return changed and resolution.scale < 1.0 and (capped or alone in resolution.blocked)


def _step(group: Group, anchor: Array, period: float, targets: Array) -> Array:
    pace = np.zeros(len(anchor)) if group.rates.smooth else None
    return group.rates.step(anchor, targets, period, PAUSE * period, pace)


def _vets(
    limit: Limit[Any],
    challenge: Challenge,
    member: Member,
    chart: TrajectoryChart,
    body: JointedBody,
    now: BodySituation,
) -> bool:
    """Whether a trajectory that violates the limit is found to offend against it."""
    alone = (member.name, chart, body.model, [limit], body.levers, body.joints, now.period)
    judge, name = Admission(*alone, Answer.REFUSE), limit.config.name
    commands = offending(challenge, member, now)
    return any(name in {report.name for report in judge.judge(each, now).limits} for each in commands)


def _counts(limit: Limit[Any], member: Member) -> bool:
    """Whether one more command than the limit allows is a fault that names it."""
    ladder, rate = Ladder(), tightest([limit], member.name)
    stream = CommandStream(member.chart, ladder, 0.0, rate)
    command = resting(member)
    for _ in range(int(getattr(limit, "bound", 0) or 0) + 2):
        stream.accept(command, 0.0, False)
    told = f"(limit {limit.config.name})"
    return any(report.detail.endswith(told) for report in ladder.reports)


class _Alone(Limit[Any]):
    """One face of ``limit``, without the other."""

    def __init__(self, limit: Limit[Any], face: Face) -> None:
        super().__init__(limit.config)
        self._limit, self._face = limit, face

    @property
    def keeps(self) -> bool:
        """Whether that face looks at ways to rest."""
        return self._face == "clear"

    def cap(self, command: Array, situation: Any) -> Cap | None:
        """The limit's, where that is tried."""
        return self._limit.cap(command, situation) if self._face == "cap" else None

    def clear(self, rollouts: Any, situation: Any, tolerance: float = 0.0) -> NDArray[np.bool_] | None:
        """The limit's, where that is tried."""
        return self._limit.clear(rollouts, situation, tolerance) if self._face == "clear" else None
