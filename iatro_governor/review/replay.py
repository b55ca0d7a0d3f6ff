"""An incident decided again: the same core, told the same, must decide the same, byte for byte.

The journal has no seal: its governor has no key of the ledger. What vouches for it is that the core makes of it exactly
the decisions in the chain. No code in it is run, but whoever can write it can spoil the replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import EventError, LedgerError
from ..governor.core import Governor
from ..governor.decision import Decision
from ..governor.events import Command
from ..governor.recorded import as_sent, decision_body
from ..governor.told import Call, beginning, call, restored
from ..ledger.frames import unpacked
from ..ledger.reader import Reader
from ..ledger.record import MISSHAPEN, canonical
from ..profile.load import Profile
from .incidents import conducts_of, find
from .inputs import Inputs, inputs_of

MOST_DIFFERENCES = 20
"""Decisions that differ and are shown one by one."""
NOT_FOLLOWED = (
    "the robot moved as the recorded policy let it, and not as this one would have: whether it obeys is not judged "
    "(actuator_disobeys)"
)
_SHELL = ("writer", "software_version", "clock_source")
"""What the node adds to a decision, and no core can repeat."""


@dataclass(slots=True)
class Replay:
    """How a replay came out. ``differences``: per decision its number, channel, time (s) and what differs, by key."""

    incident: int
    writer: str
    first: int
    last: int
    compared: int = 0
    differing: int = 0
    missing: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    policy: str = ""
    """Hash of the policy that decided in the replay."""
    recorded_policy: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def identical(self) -> bool:
        """Every recorded decision was made again, byte for byte."""
        return self.compared > 0 and not self.differing and not self.missing

    def to_json(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {**asdict(self), "identical": self.identical}


def replay(reader: Reader, name: str, folders: list[Path], profile: Profile | None = None) -> Replay:
    """Decide the incident ``name`` again from the journals in ``folders``, under ``profile`` where one is given.

    Raises LedgerError where there is no such incident, no decision under it, no journal that reaches it, or one that
    another build wrote or that holds anything else.
    """
    found = _wanted(reader, name)
    writer, first, last = found.writer, found.first, found.last
    recorded = {one.number: one.body for one in reader.span("decision", writer, first, last)}
    found.missing = last - first + 1 - len(recorded)
    if found.missing:
        ring = reader.path.with_suffix(".ring")
        wait = (
            f"; what no recorder was there for waits in {ring} for the next start" if ring.is_file() else ""
        )
        found.notes.append(f"{found.missing} decisions are not in the ledger and cannot be compared{wait}")
    told = inputs_of(folders, writer, first, last, what_if=profile is not None)
    found.notes += told.notes
    found.recorded_policy = next((str(body.get("config_hash", "")) for body in recorded.values()), "")
    try:
        made = _decisions(told, last, profile, found)
    except Exception as error:
        files = ", ".join(map(str, told.files))
        raise LedgerError(
            f"{files}: what was kept cannot be decided again: {type(error).__name__}: {str(error)[:200]}"
        ) from error
    for number in sorted(recorded):
        _compare(recorded[number], made.get(number), found, what_if=profile is not None)
    return found


def _wanted(reader: Reader, name: str) -> Replay:
    """Which decisions are meant: those of an incident, or a single one by its record's number."""
    if name.isdecimal() and len(name) < 19:
        for one in reader.records("decision", id=int(name)):
            return Replay(one.id, one.writer, one.number, one.number)
    incident = find(reader, name)
    try:
        conducts = [one for one in conducts_of(incident.body).values() if one.get("first_seq") is not None]
        own = [one for one in conducts if one["writer"] == conducts[0]["writer"]]
        first, last = min(int(one["first_seq"]) for one in own), max(int(one["last_seq"]) for one in own)
    except MISSHAPEN:
        raise LedgerError(
            f"{reader.path}: incident {incident.id} names no decision: nothing was commanded under it"
        ) from None
    return Replay(incident.id, str(own[0]["writer"]), first, last)


def _decisions(told: Inputs, last: int, profile: Profile | None, found: Replay) -> dict[int, dict[str, Any]]:
    """What the core decides when it is told all that again, by number, until ``last`` is passed."""
    calls = [made for _, made in told.told]
    if profile is None:
        governor = restored(told.state, calls, unpacked)
        found.recorded_policy = governor.profile.config_hash
    else:
        followed = profile.config_hash == found.recorded_policy
        governor = beginning(profile, told.first, calls, followed=followed)
        found.notes += [] if followed else [NOT_FOLLOWED]
    found.policy = governor.profile.config_hash
    made: dict[int, dict[str, Any]] = {}
    for offset, one in told.told:
        for decision, command in _call(governor, one):
            made[decision.seq] = as_sent(_body(decision, offset, command))
        if made and max(made) > last + len(governor.channels):
            break
    return made


def _call(governor: Governor, made: Call) -> Iterator[tuple[Decision, Command | None]]:
    try:
        decided = call(governor, made)
    except EventError:
        return  # it was refused then, too
    event = made[1] if made[0] == "handle" and isinstance(made[1], Command) else None
    for decision in decided:
        mine = event is not None and event.channel == decision.channel and decision.on_command
        yield decision, event if mine else None


def _body(decision: Decision, offset: float, command: Command | None) -> dict[str, Any]:
    return decision_body(decision, offset, "", "", "", command, decision.joints)


def _compare(recorded: dict[str, Any], made: dict[str, Any] | None, found: Replay, *, what_if: bool) -> None:
    found.compared += 1
    if made is None:
        found.differing += 1
        _show(found, recorded, {"decision": {"recorded": recorded["action"], "replayed": None}})
        return
    left = {name: value for name, value in recorded.items() if name not in _SHELL}
    right = {name: value for name, value in made.items() if name not in _SHELL}
    if what_if:
        left, right = _outcome(left), _outcome(right)
    if canonical(left) == canonical(right):
        return
    found.differing += 1
    names = [
        n for n in sorted({*left, *right}) if canonical({"": left.get(n)}) != canonical({"": right.get(n)})
    ]
    _show(found, recorded, {n: {"recorded": left.get(n), "replayed": right.get(n)} for n in names})


def _outcome(body: dict[str, Any]) -> dict[str, Any]:
    """What another policy may decide otherwise."""
    limits = [limit["name"] for limit in body["limits"]]
    faults = [fault["name"] for fault in body["faults"]]
    own = {name: body[name] for name in ("state", "action", "requested", "allowed")}
    return {**own, "limits": limits, "faults": faults}


def _show(found: Replay, recorded: dict[str, Any], differs: dict[str, Any]) -> None:
    if len(found.differences) < MOST_DIFFERENCES:
        about = {name: recorded.get(name) for name in ("seq", "channel", "t")}
        found.differences.append({**about, "differs": differs})


def folders_beside(ledger: Path) -> list[Path]:
    """The journals of the governors that kept them beside ``ledger``."""
    return sorted(path for path in ledger.absolute().parent.glob("*.inputs") if path.is_dir())
