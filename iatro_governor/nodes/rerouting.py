"""Remaps of a robot's topics, and which of them are refused: none may lead a planner past the governor.

Needs no ROS 2 and no pydantic, for it runs in the process of ``ros2 launch``: whether the profile is sound is for the
governor to say, here only its topics count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from iatro_governor.errors import IatroError

Rule = tuple[str, str]
NAME = re.compile(r"/?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*")


class RemapRefused(IatroError):
    """A remap that cannot be read, names no topic of the profile, or would let somebody past the governor."""


@dataclass(frozen=True, slots=True)
class Line:
    """One governed channel: where the planner publishes, where the actuator listens, and what else moves it."""

    input: str
    output: str
    others: tuple[str, ...] = ()

    @property
    def moving(self) -> tuple[str, ...]:
        """Every topic that moves the actuator."""
        return (self.output, *self.others)


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a robot, as its profile names them or as remaps leave them."""

    lines: tuple[Line, ...]
    sensors: tuple[str, ...]

    @classmethod
    def of(cls, config: Path) -> Topics:
        """Those of the profile in ``config``. Raises RemapRefused where it cannot be read as one."""
        try:
            data = yaml.safe_load(config.read_text(encoding="utf-8"))
            lines = tuple(_line(channel) for channel in data["channels"].values())
            sensors = tuple(str(source["topic"]) for source in data["sources"].values())
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise RemapRefused(f"{config}: cannot be read as a profile: {error}") from error
        except (KeyError, TypeError, AttributeError):
            raise RemapRefused(
                f"{config}: is no profile; `iatro check {config}` says what is wrong"
            ) from None
        return cls(lines, sensors)

    @property
    def inputs(self) -> list[str]:
        """Where planners publish."""
        return [line.input for line in self.lines]

    @property
    def outputs(self) -> list[str]:
        """Where the governor publishes."""
        return [line.output for line in self.lines]

    @property
    def moving(self) -> list[str]:
        """Every topic that moves an actuator."""
        return [topic for line in self.lines for topic in line.moving]

    def under(self, rules: Iterable[Rule]) -> Topics:
        """The same topics after ``rules``."""
        new = dict(rules)
        lines = tuple(
            Line(
                new.get(line.input, line.input),
                new.get(line.output, line.output),
                tuple(new.get(other, other) for other in line.others),
            )
            for line in self.lines
        )
        return Topics(lines, tuple(new.get(topic, topic) for topic in self.sensors))


def _line(channel: Mapping[str, Any]) -> Line:
    others = (channel.get("actuator") or {}).get("topics") or ()
    return Line(str(channel["input"]), str(channel["output"]), tuple(map(str, others)))


def resolved(topic: str, namespace: str) -> str:
    """The full name of ``topic`` in ``namespace``."""
    space = namespace.strip("/")
    return topic if topic.startswith("/") else f"/{space}/{topic}" if space else f"/{topic}"


def bypasses(topics: Topics, namespace: str = "") -> list[str]:
    """What is wrong with ``topics``: each way on which something gets past the governor, in words."""
    moving = [resolved(topic, namespace) for topic in topics.moving]
    outputs = [resolved(topic, namespace) for topic in topics.outputs]
    inputs = [resolved(topic, namespace) for topic in topics.inputs]
    sensors = [resolved(topic, namespace) for topic in topics.sensors]
    found = [
        f"{topic} would be an input and move an actuator: the planner would bypass the governor"
        for topic in dict.fromkeys(inputs)
        if topic in moving
    ]
    found += [
        f"{topic} would be a sensor and an input: the planner could say what the sensor sees"
        for topic in dict.fromkeys(sensors)
        if topic in inputs
    ]
    found += [
        f"{topic} would be a sensor and move an actuator"
        for topic in dict.fromkeys(sensors)
        if topic in moving
    ]
    found += [
        f"{topic} would be the output of two channels"
        for topic in dict.fromkeys(outputs)
        if outputs.count(topic) > 1
    ]
    return found


def parsed(text: str, argument: str) -> list[Rule]:
    """Rules out of ``FROM:=TO FROM:=TO``. Raises RemapRefused, naming ``argument``, for what is none."""
    rules = []
    for word in text.replace(",", " ").split():
        old, sign, new = word.partition(":=")
        for name in (old, new):
            if not sign or not NAME.fullmatch(name) or "__" in name:
                raise RemapRefused(
                    f"{argument}: {word!r} is no remap of a topic (allowed: FROM:=TO, plain topic names, "
                    "separated by spaces)"
                )
        rules.append((old, new))
    twice = sorted({old for old, _ in rules if [known for known, _ in rules].count(old) > 1})
    if twice:
        raise RemapRefused(f"{argument}: {', '.join(twice)} is remapped twice")
    return rules


@dataclass(frozen=True, slots=True)
class Routes:
    """A robot's topics after remapping, and the rules that its nodes need for it."""

    rules: tuple[Rule, ...]
    before: Topics
    topics: Topics
    namespace: str

    def for_planner(self, own: Sequence[Rule]) -> list[Rule]:
        """The remaps of a planner's node: its ``own``, then each topic that moves an actuator led to the input.

        So a planner that publishes where robots usually listen meets the governor. Raises RemapRefused where one of
        ``own`` leads to an actuator.
        """
        moving = {resolved(topic, self.namespace) for topic in self.topics.moving}
        for old, new in own:
            if resolved(new, self.namespace) in moving:
                raise RemapRefused(
                    f"{old}:={new}: {new} moves an actuator, and the planner would bypass the governor; "
                    f"inputs are {', '.join(self.topics.inputs)}"
                )
        led = {
            topic: after.input
            for before, after in zip(self.before.lines, self.topics.lines, strict=True)
            for topic in (before.input, *before.moving, *after.moving)
        }
        led |= dict(zip(self.before.sensors, self.topics.sensors, strict=True))
        return [*own, *(rule for rule in led.items() if rule[0] not in dict(own))]


def routed(topics: Topics, given: Mapping[str, str], namespace: str) -> Routes:
    """Topics after the remaps ``given`` as ``planner_remaps``, ``actuator_remaps`` and ``sensor_remaps``.

    Raises RemapRefused for a rule about a topic that is not of its kind, and for whatever ``bypasses`` finds.
    """
    kinds: dict[str, Collection[str]] = {
        "planner_remaps": topics.inputs,
        "actuator_remaps": topics.moving,
        "sensor_remaps": topics.sensors,
    }
    rules: list[Rule] = []
    for argument, known in kinds.items():
        for old, new in parsed(given.get(argument, ""), argument):
            if old not in known:
                named = ", ".join(known) or "none"
                raise RemapRefused(f"{argument}: the profile names no topic {old} there (it names {named})")
            rules.append((old, new))
    after = topics.under(rules)
    if found := bypasses(after, namespace):
        raise RemapRefused("; ".join(found))
    return Routes(tuple(rules), topics, after, namespace)
