"""Everything that is done to a governed robot, one row a kind."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from test.chaos.stage import Stage

Act = Callable[["Stage"], object]


@dataclass(frozen=True)
class Kind:
    """One row.

    whom: it happens to. faults: any one of them must rise and fall, none: the
    governor has no fault to see. hold_s: how long it lasts, at least. alone: nothing else at the same time. sim: only
    where time is /clock's.
    """

    name: str
    whom: str
    strike: Act
    cure: Act
    faults: tuple[str, ...] = ()
    hold_s: float = 0.4
    alone: bool = False
    sim: bool = False

    @property
    def stream(self) -> str:
        """What it spoils: who is away leaves nothing to spoil on the way, so two at once never spoil the same."""
        return {"planner": "commands", "courier": "commands", "plant": "sensing", "sensors": "sensing"}.get(
            self.whom, self.whom
        )

    @property
    def moving(self) -> bool:
        """Whether it is no fault while the robot stands still, so that it has to come first."""
        return "command_stale" in self.faults and "command_malformed" not in self.faults


def killed(name: str, *faults: str, alone: bool = False) -> Kind:
    """``name`` is killed, and started again."""
    return Kind(f"{name} killed", name, lambda s: s.kill(name), lambda s: s.revive(name), faults, alone=alone)


def stopped(name: str, *faults: str, hold_s: float = 0.8, alone: bool = False) -> Kind:
    """``name`` stands still for a while."""
    strike, cure = lambda s: s.pause(name), lambda s: s.resume(name)
    return Kind(f"{name} stopped", name, strike, cure, faults, hold_s, alone)


def spoilt(name: str, what: str, how: str, *faults: str, hold_s: float = 0.6, **more: float) -> Kind:
    """What the relay ``name`` carries arrives spoilt."""
    return Kind(
        f"{name}: {what}", name, lambda s: s.order(name, how, **more), lambda s: s.order(name, "whole"), faults, hold_s
    )  # fmt: skip


def rogue(how: str, *faults: str, hold_s: float = 0.4, alone: bool = False) -> Kind:
    """Somebody joins who has no business here, and is ended again."""
    return Kind(
        f"rogue: {how}", "rogue", lambda s: s.start("rogue", how), lambda s: s.end("rogue"), faults, hold_s, alone
    )  # fmt: skip


def ghost(stage: Stage) -> None:
    """Kill the rogue: its endpoints stay in the graph until its lease ends."""
    stage.kill("rogue")
    stage.running.pop("rogue")


def full(name: str) -> Kind:
    """No file of ``name`` can grow."""
    return Kind(
        f"{name}: disk full", name, lambda s: s.disk(name, True), lambda s: s.disk(name, False), hold_s=1.0
    )  # fmt: skip


def clock(what: str, there: int, back: int) -> Kind:
    """The clock that the governor reads is set, and set right again."""
    send = lambda number, s: s.running["governor"].send(number)  # noqa: E731
    return Kind(f"clock {what}", "governor", partial(send, there), partial(send, back), ("clock_jump",))


DEACTIVATE, ACTIVATE = 4, 3
"""Transitions of a lifecycle node, as lifecycle_msgs/Transition numbers them."""
_SILENT = ("command_stale", "awaiting_command")
"""The second where something else had stopped the robot before the silence was long enough."""
_SICK = ("sensor_malformed", "sensor_stale", "internal_error")
_WRONG = ("command_malformed", "command_backwards", "command_future", "command_stale", "command_rate")

KINDS: tuple[Kind, ...] = (
    killed("planner", *_SILENT),
    stopped("planner", *_SILENT),
    killed("sensors", "sensor_stale"),
    stopped("sensors", "sensor_stale"),
    killed("plant", "sensor_stale"),
    stopped("plant", "sensor_stale"),
    killed("recorder"),
    stopped("recorder", hold_s=1.5),
    full("recorder"),
    killed("witness"),
    stopped("witness"),
    killed("governor", "closed", "awaiting_command", "awaiting_rearm", alone=True),
    stopped("governor", "loop_overrun", alone=True),
    full("governor"),
    killed("watch"),
    stopped("watch", hold_s=1.5),
    Kind("deactivated", "lifecycle", lambda s: s.change(DEACTIVATE), lambda s: s.change(ACTIVATE), ("inactive",)),
    Kind(
        "shadow in the profile", "files", lambda s: s.write(True), lambda s: s.write(False),
        ("configuration_changed",), 1.5,
    ),
    clock("ahead", signal.SIGUSR1, signal.SIGUSR2),
    clock("back", signal.SIGUSR2, signal.SIGUSR1),
    spoilt("courier", "lost", "lost", *_SILENT),
    spoilt("courier", "late", "late", *_SILENT, by=1.0),
    spoilt("courier", "doubled", "doubled", copies=3),
    spoilt("courier", "replayed", "replayed", "command_backwards"),
    spoilt("courier", "garbled", "garbled", *_WRONG, share=0.5),
    spoilt("courier", "no number", "no_number", "command_malformed"),
    spoilt("sensors", "lost", "lost", "sensor_stale"),
    spoilt("sensors", "late", "late", "sensor_stale", by=1.5),
    spoilt("sensors", "doubled", "doubled", copies=3),
    spoilt("sensors", "replayed", "replayed", "sensor_malformed"),
    spoilt("sensors", "garbled", "garbled", *_SICK, share=0.5),
    spoilt("sensors", "no number", "no_number", "sensor_malformed"),
    spoilt("receipts", "lost", "lost", hold_s=1.5),
    spoilt("receipts", "late", "late", hold_s=1.5, by=1.0),
    spoilt("receipts", "doubled", "doubled", copies=3),
    spoilt("receipts", "replayed", "replayed"),
    Kind("emergency stop", "operator", lambda s: s.press(True), lambda s: s.press(False), ("estop",)),
    rogue("actuator", "foreign_publisher"),
    Kind("rogue: ghost", "rogue", lambda s: s.start("rogue", "actuator"), ghost, ("foreign_publisher",), 0.8),
    rogue("raw_topic", "foreign_publisher"),
    rogue("raw_action", "foreign_publisher"),
    rogue("raw_service", "foreign_publisher"),
    rogue("flood", *_WRONG, hold_s=1.5),
    rogue("texts", hold_s=1.0),
    rogue("garbage", *_SICK, *_WRONG, hold_s=1.0),
    rogue("acks"),
    rogue("marks", hold_s=1.0),
    rogue("stranger", "input_malformed", alone=True),
    rogue("deaf", "incompatible_qos"),
    replace(spoilt("sensors", "/clock ahead", "shifted", "clock_jump", by=5.0), sim=True),
    replace(spoilt("sensors", "/clock back", "shifted", "clock_jump", by=-5.0), sim=True),
    replace(spoilt("sensors", "/clock stands", "frozen", "clock_stands", *_SICK, hold_s=1.5), sim=True),
)  # fmt: skip
"""A new kind is one row."""
