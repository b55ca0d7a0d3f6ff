"""Emergency stop inputs: pressed until released, and what silence of one means."""

from __future__ import annotations

from collections.abc import Mapping

from iatro_governor.governor.events import EStop
from iatro_governor.governor.ladder import Ladder
from iatro_governor.profile.sources import EstopSource, SourceConfig


class EmergencyStops:
    """All emergency stop inputs of a robot. One that nobody declared stops the robot as well."""

    def __init__(self, sources: Mapping[str, SourceConfig]) -> None:
        self._declared = {name: s for name, s in sources.items() if isinstance(s, EstopSource)}
        self._heard: dict[str, float] = {}

    def take(self, event: EStop, ladder: Ladder) -> list[str]:
        """Press or release one input; returns the declared inputs that spoke."""
        name = event.source
        if name is None and len(self._declared) == 1:
            name = next(iter(self._declared))
        spoke = [known for known in self._declared if name in (None, known)]
        for known in spoke:
            self._heard[known] = event.t
        called = "the emergency stop" if name is None else f"the emergency stop {name}"
        told = f"{called} is pressed or was, until a signed reset"
        ladder.hold("estop", event.t, event.pressed, told, name or "")
        return spoke

    def watch(self, t: float, ladder: Ladder) -> None:
        """Press, at ``t``, what has fallen silent and says by that that it is pressed."""
        for name, source in self._declared.items():
            heard = self._heard.get(name)
            if source.stale_is_pressed and heard is not None and t - heard > source.timeout_s + 1e-9:
                told = f"the emergency stop {name} was silent for over {source.timeout_s} s, as if pressed"
                ladder.hold("estop", t, True, f"{told}, until a signed reset", name)

    @property
    def unheard(self) -> list[str]:
        """Required inputs that have not spoken yet."""
        return [name for name, s in self._declared.items() if s.required and name not in self._heard]
