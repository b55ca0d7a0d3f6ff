"""What becomes of the command of each channel, in a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iatro_governor.governor.decision import Action, LimitReport
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.member import Member
from iatro_governor.governor.outcome import Arrival


def actions_of(
    members: Sequence[Member],
    requests: Mapping[str, Command | None],
    given: list[float],
    asked: list[float],
    partly: Action | None,
    arrival: Arrival | None,
) -> dict[str, Action]:
    """By channel, where ``given`` (N,) is published for what was ``asked`` (N,).

    ``partly``: how less than the whole was made of it, None: nothing but rates has shaped it.
    """
    out = {}
    for member in members:
        own, wished = given[member.place], asked[member.place]
        if member.chart.going is not None:
            out[member.name] = _along(member, arrival)
        elif requests[member.name] is None:
            out[member.name] = Action.RAMPED if any(own) or any(wished) else Action.HOLD
        elif partly is None:
            out[member.name] = Action.PASS if own == wished else Action.RAMPED
        else:
            out[member.name] = partly
    return out


def _along(member: Member, arrival: Arrival | None) -> Action:
    """What becomes of a trajectory that goes on."""
    if member.chart.executed is None:
        return Action.STOP
    begun = arrival is not None and arrival.member is member and arrival.verdict is Verdict.ACCEPTED
    return Action.SCALED if begun and arrival is not None and arrival.limits else Action.PASS


def lagging_of(
    members: Sequence[Member], requests: Mapping[str, Command | None], asked: list[float]
) -> dict[str, str]:
    """What something holds, of those channels whose set-points go no further for that; ``asked``: (N,)."""
    found = {}
    for member in members:
        request = requests[member.name]
        if request is not None and not any(asked[member.place]):
            why = member.chart.lagging(request)
            if why is not None:
                found[member.name] = why
    return found


def clamps_of(
    members: Sequence[Member], requests: Mapping[str, Command | None]
) -> dict[str, list[LimitReport]]:
    """What the channels' own numbers cut, of those channels where they do."""
    found = {}
    for member in members:
        request = requests[member.name]
        if request is not None and (reports := member.chart.clamps(request)):
            found[member.name] = reports
    return found
