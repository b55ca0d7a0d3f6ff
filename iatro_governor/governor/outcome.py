"""What one cycle of a group came to for one of its channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from iatro_governor.governor.decision import Action, LimitReport, State, StopReport
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.member import Member
from iatro_governor.governor.stops import Chosen


@dataclass(slots=True)
class Arrival:
    """A command that came in now, for which channel, and what its stream made of it.

    Nobody writes to it; like ``Situation``, it is made too often to be frozen.
    """

    member: Member
    command: Command
    verdict: Verdict
    limits: tuple[LimitReport, ...] = ()
    """What was found wrong with it alone."""


@dataclass(slots=True)
class Outcome:
    """What a decision says of one channel; ``requested``, ``allowed`` and ``rest`` in its values.

    Nobody writes to it. It is not frozen, for one is made every cycle, and that would take three times as long.
    """

    channel: str
    state: State
    action: Action
    requested: tuple[float, ...] | None
    allowed: tuple[float, ...]
    rest: tuple[float, ...]
    plan_id: str | None
    limits: tuple[LimitReport, ...]
    stamp: float | None
    on_command: bool
    trajectory: tuple[Knot, ...] | None = None
    stop: StopReport | None = None

    def trapped(self) -> Outcome:
        """The same, where nobody but an operator may move it; a stop stays one."""
        return replace(self, state=State.TRAPPED) if self.state is State.LIMITED else self

    def refused(self, command: Command) -> Outcome:
        """The same, where ``command`` was refused."""
        asked = {"requested": command.values, "plan_id": command.plan_id, "stamp": command.stamp}
        return replace(self, action=Action.REFUSED, **asked)  # type: ignore[arg-type]


def _outcome_of(
    member: Member,
    state: State,
    action: Action,
    request: Command | None,
    allowed: tuple[float, ...],
    limits: tuple[LimitReport, ...],
    arrival: Arrival | None,
) -> Outcome:
    """Of a channel that publishes ``allowed`` for ``request``, where ``arrival`` came in."""
    mine = arrival is not None and arrival.member is member
    outcome = Outcome(
        channel=member.name,
        state=state,
        action=action,
        requested=request.values if request else None,
        allowed=allowed,
        rest=member.chart.rest,
        plan_id=request.plan_id if request else None,
        limits=(*limits, *arrival.limits) if arrival is not None and mine else limits,
        stamp=request.stamp if request else None,
        on_command=mine,
        trajectory=member.chart.outgoing(),
    )
    if arrival is not None and mine and arrival.verdict is Verdict.REFUSED:
        return outcome.refused(arrival.command)
    return outcome


def outcomes_of(
    members: Sequence[Member],
    state: State,
    actions: Mapping[str, Action],
    requests: Mapping[str, Command | None],
    allowed: Mapping[str, tuple[float, ...]],
    limits: tuple[LimitReport, ...],
    arrival: Arrival | None,
    chosen: Chosen | None = None,
) -> list[Outcome]:
    """Of all ``members`` that publish anything; ``chosen``: how they stop."""
    out = []
    for member in members:
        name = member.name
        if name not in allowed:
            continue
        mine = arrival is not None and arrival.member is member
        request = arrival.command if arrival and mine and not requests else requests.get(name)
        outcome = _outcome_of(member, state, actions[name], request, allowed[name], limits, arrival)
        out.append(outcome if chosen is None else replace(outcome, stop=chosen[name]))
    return out
