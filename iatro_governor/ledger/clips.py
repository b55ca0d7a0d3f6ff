"""Clips: what went over the wire around an incident, as an MCAP file that other tools open.

A ring buffer holds the last seconds of every topic and what stands of every latched one, so that a clip begins with
what stood at its start. Nothing is taken out of the buffer: an incident right after another has its own context.
"""

from __future__ import annotations

import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LedgerError, MissingPart
from .standing import MOST_KEYS, Standing

PRE_S = 10.0
"""A clip begins so long before its trigger, s ..."""
POST_S = 5.0
"""... and ends so long after the last one, s."""
LONGEST_S = 60.0
"""Triggers that follow each other share a clip no longer than this, s."""
MOST_BYTES = 64 * 1024 * 1024
"""What the buffer holds at most; beyond that the oldest messages go early."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with the type of its messages, as pkg/msg/Name, and their definition as ``ros2msg`` text."""

    name: str
    type: str
    definition: str
    latched: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came, in CDR; ``t`` in s of the recorder's clock.

    On a latched topic it stands until the next one with the same ``key``: several may speak there.
    """

    t: float
    topic: Topic
    data: bytes
    key: str = ""


@dataclass(slots=True)
class Clip:
    """A clip that is wanted: from ``begin`` until ``end``, s; ``causes`` are what triggered it."""

    begin: float
    end: float
    causes: list[str] = field(default_factory=list)


class Buffer:
    """The last seconds of every topic, and the clips that are asked for."""

    def __init__(self, pre_s: float = PRE_S, post_s: float = POST_S, most_bytes: int = MOST_BYTES) -> None:
        self._pre, self._post, self._most = pre_s, post_s, most_bytes
        self._held: deque[Message] = deque()
        self._standing = Standing()
        self._bytes = 0
        self._open: Clip | None = None
        self.cut = 0
        """Messages that went early for want of room."""

    def add(self, message: Message) -> None:
        """Takes a message; times must not go back."""
        self._held.append(message)
        self._bytes += len(message.data)
        self._forget(message.t)

    def trigger(self, t: float, cause: str) -> None:
        """An incident at ``t``: begins a clip, or lets the one that is open go on."""
        if self._open is None:
            self._open = Clip(t - self._pre, t + self._post)
        self._open.end = min(max(self._open.end, t + self._post), self._open.begin + LONGEST_S)
        if cause not in self._open.causes:
            self._open.causes.append(cause)

    def finished(self, now: float, *, at_once: bool = False) -> tuple[Clip, list[Message]] | None:
        """The clip whose time is over, with its messages, or None; ``at_once``: whatever is open, for an end."""
        clip = self._open
        if clip is None or (now < clip.end and not at_once):
            return None
        self._open = None
        standing = self._standing.copy()
        for one in self._held:
            if one.topic.latched and one.t < clip.begin:
                standing.take(one)
        within = [one for one in self._held if clip.begin <= one.t <= clip.end]
        return clip, [*standing, *within]

    def _forget(self, now: float) -> None:
        since = now - self._pre if self._open is None else min(self._open.begin, now - self._pre)
        while self._held and (self._held[0].t < since or self._bytes > self._most):
            gone = self._held.popleft()
            self._bytes -= len(gone.data)
            self.cut += gone.t >= since
            if gone.topic.latched:
                self._standing.take(gone)


def write(path: Path, messages: list[Message], notes: dict[str, str], begin: float = 0.0) -> None:
    """Writes ``messages`` to a new MCAP file ``path``: profile ros2, schemas and all; ``notes`` as its metadata.

    What stood before the clip's ``begin`` (s) is there from that time on. Raises LedgerError where the disk refuses.
    """
    writer_of = _writer()
    fresh = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            writer = writer_of(file)
            writer.start(profile="ros2", library="iatro_governor")
            writer.add_metadata("incident", notes)
            channels = _channels(writer, messages)
            for sequence, one in enumerate(messages):
                stamp = round(one.t * 1e9)
                logged = max(stamp, round(begin * 1e9))
                writer.add_message(channels[one.topic.name], logged, one.data, stamp, sequence)
            writer.finish()
        fresh.replace(path)
    except OSError as error:
        raise LedgerError(f"{path}: the clip cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _channels(writer: Any, messages: list[Message]) -> dict[str, int]:
    schemas: dict[str, int] = {}
    channels: dict[str, int] = {}
    for topic in dict.fromkeys(one.topic for one in messages):
        if topic.type not in schemas:
            schemas[topic.type] = writer.register_schema(topic.type, "ros2msg", topic.definition.encode())
        profile = _LATCHED if topic.latched else _VOLATILE
        channels[topic.name] = writer.register_channel(
            topic.name, "cdr", schemas[topic.type], {"offered_qos_profiles": profile}
        )
    return channels


_FOREVER = "{sec: 9223372036, nsec: 854775807}"
_QOS = (
    f"- history: 1\n  depth: {MOST_KEYS}\n  reliability: 1\n  durability: %d\n"
    f"  deadline: {_FOREVER}\n  lifespan: {_FOREVER}\n  liveliness: 1\n"
    f"  liveliness_lease_duration: {_FOREVER}\n  avoid_ros_namespace_conventions: false\n"
)
_LATCHED, _VOLATILE = _QOS % 1, _QOS % 2


def check(path: Path) -> int:
    """How many messages the clip ``path`` holds.

    Raises LedgerError for a file that is no MCAP, or was cut, and MissingPart where mcap is not installed.
    """
    try:
        from mcap.exceptions import McapError
        from mcap.reader import make_reader
    except ModuleNotFoundError as error:
        raise MissingPart("clips need mcap: `pip install iatro_governor[clips]`") from error
    try:
        with path.open("rb") as file:
            summary = make_reader(file).get_summary()
    except (McapError, OSError, ValueError, EOFError, struct.error) as error:
        raise LedgerError(
            f"{path}: no whole MCAP file ({type(error).__name__}: {error}); `mcap recover` may save its first part"
        ) from error
    if summary is None or summary.statistics is None:
        raise LedgerError(
            f"{path}: this MCAP file has no summary: it was cut; `mcap recover` may save its first part"
        )
    return int(summary.statistics.message_count)


def _writer() -> Any:
    try:
        from mcap.writer import Writer
    except ModuleNotFoundError as error:
        raise MissingPart("clips need mcap: `pip install iatro_governor[clips]`") from error
    return Writer
