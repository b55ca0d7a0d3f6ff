"""A planner that is a chat model behind any endpoint of the chat completions protocol.

It is asked by ``planner/instruction``, says each answer, carries out its tool calls, and tells the model what became of
them until it calls nothing more. A new instruction takes the place of the one before it; an empty one only ends that.
An answer that is not whole is said as far as it came, and commands nothing.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rclpy.node import Node
from std_msgs.msg import String

from iatro_governor.errors import MissingPart, PlannerError
from iatro_governor.nodes import qos
from iatro_governor.nodes.asking import Asking
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.run import run
from iatro_governor.nodes.speaking import Speaker
from iatro_governor.planning.answer import Answer, Reading, read
from iatro_governor.planning.conversation import PROMPT, Conversation
from iatro_governor.planning.identity import Identity
from iatro_governor.planning.settings import ChatSettings, PlannerSettings, load, text_of
from iatro_governor.planning.tools import Tools
from iatro_governor.profile.load import load_data

if TYPE_CHECKING:
    from iatro_governor.planning.endpoint import Endpoint

PLANNER = {"planner": "settings of the planner: its endpoint and its identity (YAML)"}
POLL_S = 0.02
MOST_ABANDONED = 8
"""Answers that are still awaited from endpoints that were told to give up; beyond these no instruction is taken."""


class PlannerChat(Node):
    """Asks, says and does, one answer after another."""

    def __init__(self) -> None:
        """Raises ProfileError, PlannerError or MissingPart for what cannot be used."""
        super().__init__("planner_chat")
        own, more = settings(self, PLANNER)
        channels = load_data(own.config).channels
        found = load(Path(more["planner"])) if more["planner"] else PlannerSettings()
        self._chat = found.chat
        self._prompt = PROMPT if found.chat is None else _prompt(found.chat)
        self._tools = Tools(channels)
        self._speaker = Speaker(self, channels, Identity(found.identity, self._prompt))
        self._endpoint = None if found.chat is None else _endpoint(found.chat)
        self._talk: Conversation | None = None
        self._asking: Asking | None = None
        self._abandoned: list[Asking] = []
        self.create_subscription(String, "planner/instruction", self._instructed, qos.EVENT)
        self.create_timer(POLL_S, self._step)
        self._greet(found.chat)

    @property
    def over(self) -> bool:
        """Whether everything is at rest and on record."""
        self._drop()
        self._speaker.rest()
        return self._speaker.over

    def _greet(self, chat: ChatSettings | None) -> None:
        if chat is None:
            self.get_logger().error(
                "no endpoint: give the parameter planner a file with chat: {base_url, model}"
            )
            return
        if chat.in_the_clear:
            self.get_logger().warning(
                f"{chat.base_url}: words and key cross the network unencrypted; use https"
            )
        self.get_logger().info(f"chat planner ready: {chat.model} at {chat.base_url}")

    def _instructed(self, message: String) -> None:
        self._drop()
        self._speaker.rest()
        if not message.data.strip():
            return
        if self._chat is None or len(self._abandoned) >= MOST_ABANDONED:
            why = "no endpoint" if self._chat is None else "too many answers are still awaited"
            self.get_logger().error(f"an instruction is not taken: {why}")
            return
        self._talk = Conversation(self._prompt, message.data, self._chat.turns)
        self._ask()

    def _drop(self) -> None:
        """Give up what is being asked; what was said until then is still put on record."""
        if self._asking is not None:
            self._asking.give_up()
            self._abandoned.append(self._asking)
        self._asking = self._talk = None

    def _ask(self) -> None:
        assert self._talk is not None and self._endpoint is not None
        ask = partial(self._endpoint.ask, list(self._talk.messages), self._tools.offered())
        self._asking = Asking(self._talk.instruction, ask)

    def _step(self) -> None:
        for asking in [one for one in self._abandoned if one.ended]:
            self._abandoned.remove(asking)
            if asking.answer is not None:
                told = "it was not waited for"
                self._take(
                    dataclasses.replace(asking.answer, broken=asking.answer.broken or told),
                    asking.instruction,
                )
        if self._talk is None or self._speaker.busy:
            return
        if self._asking is None:
            self._ask()
        elif self._asking.ended:
            self._came(self._asking, self._talk)

    def _came(self, asking: Asking, talk: Conversation) -> None:
        self._asking = None
        if asking.answer is None:
            self.get_logger().error(f"no answer: {asking.failure}")
            self._talk = None
            return
        reading = self._take(asking.answer, talk.instruction)
        if not talk.took(asking.answer, reading):
            self._talk = None
            self.get_logger().info("the instruction has come to its end")

    def _take(self, answer: Answer, instruction: str) -> Reading:
        """Say an answer, and do what it calls for."""
        reading = read(answer, self._tools)
        if reading.undone:
            self.get_logger().warning(f"an answer commands nothing: {reading.undone}")
        plan_id = self._speaker.say(answer, reading, instruction)
        if reading.steps:
            self._speaker.do(plan_id, reading)
        return reading


def _prompt(chat: ChatSettings) -> str:
    if chat.system_prompt and chat.system_prompt_file is not None:
        raise PlannerError("give one of system_prompt and system_prompt_file")
    if chat.system_prompt_file is not None:
        return text_of(chat.system_prompt_file)
    return chat.system_prompt or PROMPT


def _endpoint(chat: ChatSettings) -> Endpoint:
    try:
        from iatro_governor.planning.endpoint import Endpoint as Connected
    except ModuleNotFoundError as error:
        raise MissingPart(
            f"the Python package {error.name} is missing; pip install 'iatro_governor[planners]'"
        ) from error
    return Connected(chat)


def main() -> None:
    """Run the planner."""
    raise SystemExit(run("planner_chat", PlannerChat, finish=lambda node: node.over))


if __name__ == "__main__":
    main()
