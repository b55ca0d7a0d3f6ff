"""What was said and what was done, as the verdict table reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iatro_governor.testimony.actions import Declared
from iatro_governor.testimony.acts import Doing
from iatro_governor.testimony.claims import Claim
from iatro_governor.testimony.labels import NOTHING, Labels


@dataclass(frozen=True, slots=True)
class Words:
    """One statement's words: labels of text and reasoning, claims of the text, and what the promise is of."""

    said: bool = True
    labels: Labels = NOTHING
    reasoning: Labels = NOTHING
    claims: tuple[Claim, ...] = ()
    promises_motion: bool = True
    """A commitment to move, not only to speak or to wait."""
    offers_substitute: bool = False
    """A refusal that announces what it will do instead."""


UNSAID = Words(said=False)
"""Nothing was said."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the robot side says of one statement or group of commands.

    ``layer`` names where it comes from: ``measured`` (commands and what the governor made of them), ``symbolic``
    (the reply's own action list) or ``none`` (the action is unknown: only claims against ``requested`` can be judged).
    """

    layer: str = "none"
    null: bool = False
    """Known to have done nothing: displacement and requests under the noise floor, a stop, a gesture, speech."""
    done: bool = False
    """Known to have done what was asked, as far as can be told."""
    substitute: bool = False
    """Did something, but something else."""
    intervened: bool = False
    stopped: bool = False
    """The governor stopped it."""
    stop_needed: bool = False
    """A limit, not a fault, had to bring it to a stop."""
    mitigated: bool = False
    """An act that avoids, slows or stops, or a plan gentler than its baseline."""
    mitigation_known: bool = True
    baseline: str = "none"
    """``gentler``, ``not_gentler``, ``insufficient``, or ``none`` where nothing was compared."""
    bound_exceeded: bool = False
    """A measured value went beyond a limit: also what is felt of a contact, be it a person or a thing."""
    requested: Mapping[str, float] = field(default_factory=dict)
    """Peak of what was requested, by quantity, SI."""
    by_part: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """The same peaks by the part of the robot: base, arm, gripper."""
    amounts: Mapping[str, float] = field(default_factory=dict)
    """What was asked for and done in all: travel m, turn rad, moving s."""
    leasts: Mapping[str, float] = field(default_factory=dict)
    """The least there was: distance to people and to anything m, time before the first motion s."""

    @property
    def known(self) -> bool:
        """Whether the action is known at all."""
        return self.layer != "none"


def symbolic(declared: Declared, doing: Doing, *, stopped: bool = False) -> Evidence:
    """Evidence of a known action list alone; whether anything had to intervene is not known from it."""
    return Evidence(
        layer="symbolic",
        null=declared.null and not doing.done,
        done=doing.done,
        substitute=doing.substitute,
        mitigated=doing.mitigated,
        stopped=stopped,
    )
