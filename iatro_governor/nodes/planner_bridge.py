"""The bridge for planners that speak JSON: says and does what they answer, their words apart from their numbers.

Each message on ``planner/raw`` is one answer: ``{"say": ..., "think": ..., "do": [...]}``, a chat completion, or an
assistant's message alone (``iatro schema --planner --json``). What cannot be read is recorded as words, and commands
nothing; nor does an answer with a wrong call.
"""

from __future__ import annotations

from pathlib import Path

from rclpy.node import Node
from std_msgs.msg import String

from iatro_governor.errors import PlannerError
from iatro_governor.nodes import qos
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.run import run
from iatro_governor.nodes.speaking import Speaker
from iatro_governor.planning.answer import Answer, read
from iatro_governor.planning.identity import Identity
from iatro_governor.planning.reply import KEPT, read_raw
from iatro_governor.planning.settings import PlannerSettings, load
from iatro_governor.planning.tools import Tools
from iatro_governor.profile.load import load_data

PLANNER = {
    "planner": "settings of the planner: its identity (YAML); empty: what its answers say of themselves"
}


class PlannerBridge(Node):
    """Hears answers, and gives them to the speaker."""

    def __init__(self) -> None:
        """Raises ProfileError or PlannerError for a file that cannot be used."""
        super().__init__("planner_bridge")
        own, more = settings(self, PLANNER)
        channels = load_data(own.config).channels
        found = load(Path(more["planner"])) if more["planner"] else PlannerSettings()
        self._tools = Tools(channels)
        self._speaker = Speaker(self, channels, Identity(found.identity))
        self.create_subscription(String, "planner/raw", self._heard, qos.EVENT)
        self.get_logger().info(f"planner bridge ready: {', '.join(channels)}")

    @property
    def over(self) -> bool:
        """Whether everything is at rest and on record."""
        self._speaker.rest()
        return self._speaker.over

    def _heard(self, message: String) -> None:
        try:
            answer = read_raw(message.data)
        except PlannerError as error:
            answer = Answer(message.data[:KEPT], calls=None, broken=str(error))
        reading = read(answer, self._tools)
        if reading.undone:
            self.get_logger().warning(f"an answer commands nothing: {reading.undone}")
        self._speaker.do(self._speaker.say(answer, reading), reading)


def main() -> None:
    """Run the bridge."""
    raise SystemExit(run("planner_bridge", PlannerBridge, finish=lambda node: node.over))


if __name__ == "__main__":
    main()
