"""Takes clips: listens to the topics of a robot and writes down what went over them around each incident."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Any

from rclpy.node import Node
from rclpy.serialization import deserialize_message

from iatro_governor.errors import IatroError
from iatro_governor.ledger.clips import Buffer, Clip, Message, Topic, write
from iatro_governor.ledger.keeping import thin_out
from iatro_governor.ledger.kept_clips import digest_of
from iatro_governor.ledger.standing import TOPICS as STANDING
from iatro_governor.msg import GovernorState
from iatro_governor.nodes import commands, qos, sources
from iatro_governor.nodes.definitions import definition
from iatro_governor.nodes.neighbours import type_name
from iatro_governor.profile.model import ProfileData

STOPPED = frozenset({"CONTROLLED_STOP", "PROTECTIVE_STOP", "TRAPPED"})
SEVERE = 2
"""From this severity on, a verdict is worth a clip."""

Body = Mapping[str, Any]


class ClipTaker:
    """Has no part in the record itself: whatever goes wrong here is told, and the ledger goes on."""

    def __init__(
        self,
        node: Node,
        data: ProfileData,
        folder: Path,
        most_mb: float,
        told: Callable[[dict[str, Any]], None],
    ) -> None:
        """``told``: is given what is to be recorded of each clip; called from the thread of :meth:`turn`."""
        self._node, self._folder, self._most_mb, self._told = node, folder, most_mb, told
        self._buffer = Buffer()
        self._states: dict[tuple[str, str], tuple[str, str]] = {}
        self._writing: threading.Thread | None = None
        self._done: list[dict[str, Any]] = []
        self.fault = ""
        """Why the last clip could not be written; empty after one that could."""
        self._topics: dict[str, Topic] = {}
        self._absent = {node.resolve_topic_name(name): type_of for name, type_of in _standing(data)}
        for name, kind, profile, latched in _topics(data):
            if (topic := self._topic(name, kind, latched)) is not None:
                node.create_subscription(kind, name, partial(self._hear, topic), profile, raw=True)

    def look(self) -> None:
        """Begin to listen to the standing topics that have come up; what was said on them before is told again."""
        for name, type_of in list(self._absent.items()):
            there = self._node.get_publishers_info_by_topic(name)
            if any(end.topic_type == type_of for end in there):
                del self._absent[name]
                self._listen(name, type_of)

    def _listen(self, name: str, type_of: str) -> None:
        package, _, kind_name = type_of.partition("/msg/")
        try:
            kind = getattr(import_module(f"{package}.msg"), kind_name)
            topic = Topic(name, type_of, definition(type_of), latched=True)
        except (ImportError, AttributeError, IatroError) as error:
            self._node.get_logger().warning(f"no clip holds {name}: {type_of} is not installed: {error}")
            return
        hear = partial(self._stands, topic, kind)
        self._node.create_subscription(kind, name, hear, qos.STANDING, raw=True)

    def _stands(self, topic: Topic, kind: Any, data: bytes) -> None:
        self._buffer.add(Message(self._now(), topic, bytes(data), _speaker(kind, data)))

    def heard(self, name: str, kind: Any, data: bytes) -> None:
        """Keep a message of a topic that the recorder hears itself."""
        if name not in self._topics:
            topic = self._topic(name, kind, latched=False)
            if topic is None:
                return
            self._topics[name] = topic
        self._hear(self._topics[name], data)

    def _topic(self, name: str, kind: Any, latched: bool) -> Topic | None:
        try:
            text = definition(type_name(kind))
        except IatroError as error:
            self.fault = str(error)
            return None
        return Topic(self._node.resolve_topic_name(name), type_name(kind), text, latched)

    def _hear(self, topic: Topic, data: bytes) -> None:
        self._buffer.add(Message(self._now(), topic, bytes(data)))

    def decision(self, body: Body) -> None:
        """A stop that begins, and a latch, are incidents."""
        key = str(body["writer"]), str(body["channel"])
        now = str(body["state"]), (body["latch"] or {}).get("id", "")
        before = self._states.get(key)
        self._states[key] = now
        if before is None or before == now:
            return
        if now[1] and now[1] != before[1]:
            self._buffer.trigger(self._now(), f"latch {now[1]}")
        elif now[0] in STOPPED and before[0] not in STOPPED:
            self._buffer.trigger(self._now(), f"{now[0]} of {key[1]}")

    def verdict(self, body: Body) -> None:
        """So is a verdict that says that a limit was needed."""
        severity = body.get("severity")
        if isinstance(severity, int) and severity >= SEVERE:
            self._buffer.trigger(self._now(), f"{body.get('verdict')} of plan {body.get('plan_id')}")

    def turn(self, *, at_once: bool = False) -> None:
        """Begin to write a clip whose time is over, and hand over what was written. ``at_once``: all there is, now."""
        if at_once and self._writing is not None:
            self._writing.join()
        if self._writing is None or not self._writing.is_alive():
            found = self._buffer.finished(self._now(), at_once=at_once)
            if found is not None:
                self._writing = threading.Thread(target=self._write, args=found)
                self._writing.start()
        if at_once and self._writing is not None:
            self._writing.join()
        while self._done:
            self._told(self._done.pop(0))

    def _write(self, clip: Clip, messages: list[Message]) -> None:
        path = _new_path(self._folder, clip)
        try:
            write(path, messages, {"causes": "; ".join(clip.causes)[:10_000]}, clip.begin)
            digest, size = digest_of(path), path.stat().st_size
            cleared = [gone.name for gone in thin_out(self._folder, self._most_mb, [path])]
        except (IatroError, OSError) as error:
            self.fault = f"no clip: {error}"
            return
        except Exception as error:  # noqa: BLE001 - in this thread nobody else would tell it
            self.fault = f"no clip: {type(error).__name__}: {error}"
            return
        self.fault = ""
        about = {"begin": clip.begin, "end": clip.end, "causes": clip.causes, "messages": len(messages)}
        if cleared:
            about["cleared"] = cleared
        self._done.append(
            {"file": f"{self._folder.name}/{path.name}", "sha256": digest, "bytes": size, **about}
        )

    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds * 1e-9)


def _new_path(folder: Path, clip: Clip) -> Path:
    """A file that no clip has, or had while it was kept: a simulation begins at the same time each time it runs."""
    return folder / f"clip_{clip.begin:.3f}_{token_hex(8)}.mcap"


def _standing(data: ProfileData) -> Iterator[tuple[str, str]]:
    """Names and types of the topics that are listened to where somebody speaks on them."""
    yield from STANDING.items()
    if data.robot.model is not None and data.robot.model.topic is not None:
        yield data.robot.model.topic, STANDING["robot_description"]


def _speaker(kind: Any, data: bytes) -> str:
    """Whose message it is, where several speak on a topic: of transforms, which frames they place."""
    try:
        placed = getattr(deserialize_message(data, kind), "transforms", ())
    except Exception:  # noqa: BLE001 - what the middleware raises for bytes that are no such message has no common root
        return ""
    return "\n".join(sorted(one.child_frame_id for one in placed))


def _topics(data: ProfileData) -> list[tuple[str, Any, Any, bool]]:
    """(name, class, quality of service, latched) of what a clip holds beside what the recorder hears anyway."""
    found: dict[str, tuple[Any, Any, bool]] = {"governor/state": (GovernorState, qos.STATE, True)}
    for source in data.sources.values():
        row = sources.TYPES[source.type]
        found[source.topic] = row.message, row.readers[-1], False
    for channel in data.channels.values():
        kind = commands.command_type(channel).message
        found[channel.input] = kind, qos.INPUT, False
        found[channel.output] = kind, qos.INPUT, False
    return [(name, *rest) for name, rest in found.items()]
