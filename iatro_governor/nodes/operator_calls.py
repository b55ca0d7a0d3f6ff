"""What an operator may ask of a governor: to release its latch, and to leave a place that it cannot leave otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Recover, Reset
from iatro_governor.governor.told import NotingGovernor
from iatro_governor.nodes.latch import KeptLatch
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.srv import Recover as RecoverService
from iatro_governor.srv import Reset as ResetService


class OperatorCalls:
    """The services ``governor/reset`` and ``governor/recover``. The core judges; here it is only asked."""

    def __init__(
        self,
        node: Node,
        core: NotingGovernor,
        timeline: Timeline,
        latch: KeptLatch,
        keep_latch: Callable[[], None],
    ) -> None:
        """``keep_latch`` writes down what stands; raises OSError where it cannot."""
        self._core, self._timeline, self._latch, self._keep_latch = core, timeline, latch, keep_latch
        self._log = node.get_logger()
        node.create_service(ResetService, "governor/reset", self._reset)
        node.create_service(RecoverService, "governor/recover", self._recover)

    def _reset(self, request: Any, response: Any) -> Any:
        stood = self._core.latch
        self._core.handle(Reset(self._timeline.read(), request.token))
        response.latch_id = "" if stood is None else stood.id
        response.accepted = stood is not None and self._core.latch is None
        about = "reset_accepted" if response.accepted else "reset_refused"
        told = [fault.detail for fault in self._core.process.reports if fault.name == about]
        try:
            self._keep_latch()
        except OSError as error:
            # The loop tries again, and publishes nothing but stops until it is kept.
            response.accepted = False
            why = error.strerror or error
            told = [f"{self._latch.path}: {why}; the robot stays stopped until it can be kept"]
        response.message = "; ".join(told)
        self._log.info(f"reset of {response.latch_id or 'nothing'}: {response.message}")
        return response

    def _recover(self, request: Any, response: Any) -> Any:
        t, offset = self._timeline.read(), self._timeline.offset
        signed = request.trap_id, request.count, request.stamp, request.token
        try:
            event = Recover(t, request.channel, tuple(request.values), *signed, offset)
            response.message = self._core.recover(event) or ""
        except EventError as error:
            response.message = str(error)
        response.accepted = not response.message
        self._log.info(
            f"recover of {request.channel}: {response.message or 'held'}", throttle_duration_sec=1.0
        )
        return response
