"""Event lines: JSON text in, events out. The edge of the offline governor; nothing is assumed of a line."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from iatro_governor.errors import EventError
from iatro_governor.governor.events import EVERYTHING, Event
from iatro_governor.governor.line_models import (
    BodiesLine,
    CommandLine,
    EStopLine,
    FlagsLine,
    JointsLine,
    MapPoseLine,
    OdomLine,
    PointsLine,
    PublishersLine,
    RangeLine,
    RecoverLine,
    ResetLine,
    ScanLine,
    StatementLine,
    SyncLine,
    TickLine,
    WrenchLine,
)

LATEST = 1e11
"""Times beyond this, s, are no times: a double could no longer tell two periods of the loop apart."""
SENSORS = ("scan", "points", "range", "odom", "map_pose", "joints", "wrench", "bodies", "flags", "estop")


AnyLine = Annotated[
    CommandLine
    | ScanLine
    | PointsLine
    | RangeLine
    | OdomLine
    | MapPoseLine
    | JointsLine
    | WrenchLine
    | BodiesLine
    | FlagsLine
    | EStopLine
    | ResetLine
    | RecoverLine
    | PublishersLine
    | StatementLine
    | TickLine
    | SyncLine,
    Field(discriminator="type"),
]
ADAPTER: TypeAdapter[AnyLine] = TypeAdapter(AnyLine)
TYPES = (
    *("command", "scan", "points", "range", "odom", "map_pose", "joints", "wrench", "bodies", "flags"),
    *("estop", "reset", "recover", "publishers", "statement", "tick", "sync"),
)


class BadLine(EventError):
    """A line that is no event. ``t``: its time, if it has one. ``subject``: the channel or source it was for."""

    def __init__(
        self, message: str, of: str | None, t: float | None, subject: str | None, whole: bool = False
    ) -> None:
        super().__init__(message, of)
        self.t = t
        self.subject = subject
        self.whole = whole
        """Whether the line is not even a JSON object."""


def parse(text: str) -> AnyLine:
    """One line as an event.

    Raises:
        BadLine: it is none.
    """
    data = _object(text)
    t, kind = _time(data.get("t")), data.get("type")
    known = kind if isinstance(kind, str) else None
    subject = _subject(known, data)
    if t is None:
        raise BadLine(f"'t' must be a number of seconds, at most {LATEST:g} either way", known, None, subject)
    if kind not in TYPES:
        raise BadLine(f"unknown type {kind!r}; known: {', '.join(TYPES)}", known, t, None)
    try:
        return ADAPTER.validate_python(data)
    except ValidationError as error:
        raise BadLine(_why(error), known, t, subject) from error


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_int=_integer, object_pairs_hook=_once)
    except BadLine:
        raise
    except RecursionError as error:
        # It may well be an object, and even words: whatever it is, it commands nothing.
        raise BadLine(
            "nested too deep to be read", None, None, None, whole=not text.startswith("{")
        ) from error
    except ValueError as error:
        raise BadLine(f"not JSON: {error}", None, None, None, whole=True) from error
    if not isinstance(data, dict):
        raise BadLine("not a JSON object", None, None, None, whole=True)
    return data


def _integer(digits: str) -> float:
    """Python refuses to read very long integers; they are no less numbers for it."""
    return int(digits) if len(digits) < 300 else float(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) == len(pairs):
        return out
    kind = out.get("type") if isinstance(out.get("type"), str) else None
    raise BadLine("a key is given twice", kind, _time(out.get("t")), _subject(kind, out))


def _subject(kind: str | None, data: dict[str, Any]) -> str | None:
    """The channel or source whose message this was to be; words have none, whatever they name."""
    if kind == "command":
        return _text(data.get("channel"), EVERYTHING)
    if kind in SENSORS:
        return _text(data.get("source"), EVERYTHING)
    return EVERYTHING if kind == "publishers" else None


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def event_of(line: AnyLine) -> Event | None:
    """The event a line brings to the core, None for words, ticks and syncs."""
    return None if isinstance(line, StatementLine | TickLine | SyncLine) else line.event()


def subject_of(line: AnyLine) -> str | None:
    """The channel or source that a well-formed line is for."""
    return _subject(line.type, line.model_dump(include={"channel", "source"}))


def _time(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LATEST else None


def _why(error: ValidationError) -> str:
    parts = []
    for item in error.errors(include_url=False, include_input=False)[:3]:
        where = ".".join(str(part) for part in item["loc"][1:])
        why = str(item["msg"]).removeprefix("Value error, ")
        parts.append(f"{where}: {why}" if where else why)
    return "; ".join(parts)
