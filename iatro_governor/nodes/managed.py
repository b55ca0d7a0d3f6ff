"""A lifecycle node whose transitions only say whether motion is allowed. What fails in one is never silent."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial

from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from iatro_governor.nodes.run import report

Done = TransitionCallbackReturn


class Managed(LifecycleNode):
    """Active, or stopped: an inactive node goes on publishing stops. rclpy swallows what a transition raises."""

    transition_failed = False
    """Whether the last transition failed: then nobody knows what was asked for, and nothing moves."""

    def allow(self, motion: bool, why: str) -> None:
        """Whether motion is allowed, and why not."""
        raise NotImplementedError

    def survive(self, error: Exception) -> bool:
        """What an exception in a callback does."""
        raise NotImplementedError

    def on_configure(self, _state: LifecycleState) -> TransitionCallbackReturn:
        """Nothing is left to do: what could fail has failed at start, with exit code 2."""
        return Done.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """From now on commands count."""
        return self._transition(lambda: self.allow(True, ""), partial(super().on_activate, state))

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the robot and go on publishing stops."""
        why = "the node was deactivated"
        return self._transition(lambda: self.allow(False, why), partial(super().on_deactivate, state))

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the robot, then end the process."""
        ask = partial(signal.raise_signal, signal.SIGTERM)
        return self._transition(ask, partial(super().on_shutdown, state))

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the robot; the node can be configured again."""
        why = "a lifecycle transition failed"
        return self._transition(lambda: self.allow(False, why), partial(super().on_error, state))

    def _transition(
        self, act: Callable[[], None], then: Callable[[], TransitionCallbackReturn]
    ) -> TransitionCallbackReturn:
        try:
            act()
            done = then()
            self.transition_failed = False
            return done
        except Exception as error:  # noqa: BLE001 - rclpy would swallow it
            self.transition_failed = True
            report(self, error)
            self.survive(error)
            return Done.ERROR
