"""Charts: coordinates ``u`` of a channel's command whose origin is its stop.

Limits, scaling and rate shaping act on ``u``; a chart says how it is read from a command and written to an output.
"""

from __future__ import annotations

from typing import Protocol

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.governor.events import Command
from iatro_governor.governor.outputs import Outputs
from iatro_governor.limits.situation import Situation
from iatro_governor.profile.every_channel import AnyChannel as ChannelConfig


class Chart(Protocol):
    """The chart of one channel, with what it knows of the body."""

    config: ChannelConfig
    size: int
    """Components of ``u``."""
    keep_s: float
    """How long past outputs may still matter, s."""
    controlled: Braking
    protective: Braking
    creeps: Array
    """Slow motions (m, size) that are tried before the state is called TRAPPED."""

    @property
    def measured_rest(self) -> bool:
        """Whether the body is measured to stand still."""

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """What the body does, in the channel's values; None before it was measured."""

    def why_garbled(self, command: Command) -> str | None:
        """What makes ``command`` no command for this channel, or None."""

    def wanted(self, command: Command) -> Array:
        """``u`` (size,) of a command that is not garbled."""

    def values(self, output: Array) -> tuple[float, ...]:
        """The channel's values for ``u`` = ``output``."""

    def parts(self, wanted: Array) -> list[Array]:
        """Parts of ``wanted`` that may go on alone where the whole is stuck."""

    def situation(self, t: float, outputs: Outputs) -> Situation:
        """The body at ``t``."""
