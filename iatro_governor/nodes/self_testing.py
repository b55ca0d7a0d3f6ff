"""The self-test of a running governor, for whoever asks: a little in each turn of its loop."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from std_srvs.srv import Trigger

from iatro_governor.governor.self_test import Finding, steps
from iatro_governor.profile.load import Profile

Tell = Callable[[list[Finding], str], None]
"""What was found, and the same in words."""


class SelfTesting:
    """Answers ``governor/self_test``: one try in each turn of the loop, and none while the robot moves.

    resting: whether it stands. turns: how often the loop has turned.
    """

    def __init__(
        self, node: Node, profile: Profile, resting: Callable[[], bool], turns: Callable[[], int], tell: Tell
    ) -> None:
        self._profile, self._tell = profile, tell
        self._resting, self._turns = resting, turns
        # In the group of the loop, a callback that waits would hold the loop up.
        apart = MutuallyExclusiveCallbackGroup()
        self.service = node.create_service(Trigger, "governor/self_test", self._asked, callback_group=apart)

    async def _asked(self, _request: Any, response: Any) -> Any:
        if not self._resting():
            why = "the robot moves; ask again once it rests"
            response.success, response.message = False, f"no self-test was made: {why}"
            return response
        findings = []
        for step in steps(self._profile):
            if step.finding is not None:
                findings.append(step.finding)
            turn = self._turns()
            while self._turns() == turn or not self._resting():
                await _Others()
        response.message = summary(self._profile, findings)
        response.success = not any(finding.refuses for finding in findings)
        self._tell(findings, response.message)
        return response


class _Others:
    """Lets the executor do what else is due."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def summary(profile: Profile, findings: list[Finding]) -> str:
    """What a self-test came to, in a line."""
    failed = [str(finding) for finding in findings if finding.refuses]
    told = list(dict.fromkeys(str(finding) for finding in findings if not finding.refuses))
    tried = len({getattr(limit, "name", "") for limit in profile.limits})
    return "; ".join(failed or [f"{tried} limits were tried, and each intervened", *told])
