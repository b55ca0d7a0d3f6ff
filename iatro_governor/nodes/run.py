"""How every node of ours starts and ends.

Exit code 0: ended by SIGINT or SIGTERM. 1: an error that the node does not live on with; its traceback is logged.
2: it could not start: bad arguments or configuration, told in one message. ``--help`` ends it with 0.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TypeVar

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from iatro_governor.errors import IatroError
from iatro_governor.nodes.command_line import see_words
from iatro_governor.nodes.domain import see_domain
from iatro_governor.nodes.notify import Notifier
from iatro_governor.nodes.parameters import PARAMETERS

AnyNode = TypeVar("AnyNode", bound=Node)

WAKE_S = 0.1
"""A signal is noticed after this long at the latest, s."""
FINISH_S = 5.0
"""Longest time that a node may take to come to its end, where it does not say otherwise, s."""


class Unusable(IatroError):
    """The node cannot work with what it found around it after its start; it ends with exit code 2."""


class Signals:
    """Notes SIGINT and SIGTERM, instead of rclpy's handlers: those shut the context, and no stop could be sent."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def refuse(_node: Node, _error: Exception) -> bool:
    """The default for an exception in a callback: the node does not go on."""
    return False


def done(_node: Node) -> bool:
    """The default ending: nothing has to be brought to an end."""
    return True


def run(
    name: str,
    build: Callable[[], AnyNode],
    *,
    survive: Callable[[AnyNode, Exception], bool] = refuse,
    finish: Callable[[AnyNode], bool] = done,
    finish_s: float = FINISH_S,
    args: Sequence[str] | None = None,
) -> int:
    """Run the node that ``build`` makes until a signal ends it; returns the exit code.

    survive: called with an exception that a callback raised (logged already); True: the node goes on.
    finish: asked again and again once a signal came, while callbacks go on, until it says True; an error in it is
    logged and it is asked again. Not done within ``finish_s`` s is exit code 1.
    ``build`` raises IatroError for what cannot be used; ``node.destroy_node()`` closes what the node holds.
    """
    signals = Signals()
    try:
        given = sys.argv if args is None else args
        if (told := see_words(name, given, PARAMETERS)) is not None:
            print(told, flush=True)
            return 0
        see_domain(os.environ)
        rclpy.init(args=given, signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # noqa: BLE001 - rclpy's errors for arguments share no base class
        return _unusable(name, error)
    try:
        node = build()
    except (IatroError, ParameterException) as error:
        rclpy.try_shutdown()
        return _unusable(name, error)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    notifier = Notifier(os.environ)
    notifier.say("READY=1")
    try:
        return _spin(node, executor, signals, notifier, survive, finish, finish_s)
    finally:
        notifier.say("STOPPING=1")
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()


def _spin(
    node: AnyNode,
    executor: SingleThreadedExecutor,
    signals: Signals,
    notifier: Notifier,
    survive: Callable[[AnyNode, Exception], bool],
    finish: Callable[[AnyNode], bool],
    finish_s: float,
) -> int:
    ends_at = float("inf")
    told = ""
    while True:
        notifier.alive(time.monotonic())
        try:
            if signals.asked:
                if ends_at == float("inf"):
                    ends_at = time.monotonic() + finish_s
                if finish(node):
                    return 0
        except Exception as error:  # noqa: BLE001 - the loop below must go on, a robot may be moving
            if (what := repr(error)) != told:
                report(node, error)
                told = what
        if time.monotonic() > ends_at:
            node.get_logger().fatal(f"did not come to its end within {finish_s:g} s")
            return 1
        try:
            executor.spin_once(timeout_sec=WAKE_S)
        except Unusable as error:
            node.get_logger().fatal(str(error))
            return 2
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and the node decides
            report(node, error)
            if not survive(node, error):
                return 1


def report(node: Node, error: Exception) -> None:
    """Log ``error`` with its traceback."""
    lines = "".join(traceback.format_exception(error))
    node.get_logger().error(f"{type(error).__name__}: {error}\n{lines}")


def _unusable(name: str, error: Exception) -> int:
    print(f"{name}: {error}", file=sys.stderr, flush=True)
    logging.getLogger(name).debug("could not start", exc_info=error)
    return 2
