"""A governor that notes what it is told, so that another one can be told the same and decide the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, Latch, Trap
from iatro_governor.governor.events import Event, Recover
from iatro_governor.governor.permit import Permits
from iatro_governor.governor.resetting import Resets
from iatro_governor.profile.load import Profile

Call = tuple[Any, ...]
"""What was called and with what: ("handle", event), ("tick", t), ("absent", t, braked_s), ("replaced", t, sent),
("passed", t, channel), ("unsent", channel), ("skip_to", seq); and what came of chance and of the operator's key:
("nonce", id, nonce), ("refusal", text or None), ("permit", text or None)."""
Note = Callable[[Call], None]
Pack = Callable[[Any, Mapping[str, object]], bytes]
Unpack = Callable[[bytes, Mapping[str, object]], Any]
NOBODY = "in a replay there is no operator"


class NotingGovernor(Governor):
    """Notes each call before it is carried out, and draws and refusals after."""

    def __init__(
        self,
        profile: Profile,
        nonce: Callable[[str, int], str],
        latch: Latch | None = None,
        first_seq: int = 0,
        key: bytes | None = None,
    ) -> None:
        """As :class:`Governor`; until :attr:`note` is set, nothing is noted."""

        def drawn(latch_id: str, seq: int) -> str:
            made = nonce(latch_id, seq)
            self.note(("nonce", latch_id, made))
            return made

        self.note: Note = _forget
        super().__init__(profile, drawn, latch, first_seq, key)
        self._drawn = drawn
        self._key = key
        self._resets = _NotedResets(key, lambda text: self.note(("refusal", text)))
        for group in self.groups:
            group.recovery.permits = _NotedPermits(key, lambda text: self.note(("permit", text)))

    def state(self, pack: Pack) -> bytes:
        """Everything that the next decision depends on, but for the key and the nonces to come, packed by ``pack``.

        Raises EventError where the key would be in it.
        """
        own = {name: value for name, value in vars(self).items() if name not in ("note", "_drawn", "_key")}
        permits = {f"permits {number}": group.recovery.permits for number, group in enumerate(self.groups)}
        made = pack(own, {"nonce": self._drawn, "resets": self._resets, **permits})
        if self._key and self._key in made:
            raise EventError("the operator's key would be in the journal")
        return made

    def handle(self, event: Event) -> list[Decision]:
        """Note the event and take it."""
        if not isinstance(event, Recover):
            self.note(("handle", event))
        return super().handle(event)

    def recover(self, event: Recover) -> str | None:
        """Note the operator's message and take it."""
        self.note(("handle", event))
        return super().recover(event)

    def tick(self, t: float) -> list[Decision]:
        """Note the tick and decide."""
        self.note(("tick", t))
        return super().tick(t)

    def absent(self, t: float, braked_s: float) -> None:
        """Note the absence and what it means."""
        self.note(("absent", t, braked_s))
        super().absent(t, braked_s)

    def replaced(self, t: float, sent: Mapping[str, tuple[float, ...]]) -> None:
        """Note what went out instead, and go on from there."""
        self.note(("replaced", t, dict(sent)))
        super().replaced(t, sent)

    def passed(self, t: float, channel: str) -> None:
        """Note what went out undecided, and reckon with it."""
        self.note(("passed", t, channel))
        super().passed(t, channel)

    def unsent(self, channel: str) -> None:
        """Note what did not go out, and take it back."""
        self.note(("unsent", channel))
        super().unsent(channel)

    def skip_to(self, seq: int) -> None:
        """Note the number, where it changes anything."""
        if seq > self._seq:
            self.note(("skip_to", seq))
        super().skip_to(seq)


class _NotedResets(Resets):
    def __init__(self, key: bytes | None, told: Callable[[str | None], None]) -> None:
        super().__init__(key)
        self._told = told

    def refusal(self, t: float, token: str, latch: Latch | None, holding: Sequence[str]) -> str | None:
        """As :class:`Resets`, and tell it."""
        found = super().refusal(t, token, latch, holding)
        self._told(found)
        return found


class _NotedPermits(Permits):
    def __init__(self, key: bytes | None, told: Callable[[str | None], None]) -> None:
        super().__init__(key)
        self._told = told

    def refusal(self, event: Recover, trap: Trap | None, hold_s: float) -> str | None:
        """As :class:`Permits`, and tell it."""
        found = super().refusal(event, trap, hold_s)
        self._told(found)
        return found


class ToldPermits(Permits):
    """Refuses what was refused; beyond what was told, everything."""

    def __init__(self, refusals: Iterable[str | None]) -> None:
        super().__init__(None)
        self._refusals = deque(refusals)

    def refusal(self, event: Recover, trap: Trap | None, hold_s: float) -> str | None:
        """What was said then."""
        found = self._refusals.popleft() if self._refusals else NOBODY
        return found or (None if trap is not None else "nothing is trapped")


class ToldResets(Resets):
    """Refuses what was refused; beyond what was told, everything."""

    def __init__(self, refusals: Iterable[str | None]) -> None:
        super().__init__(None)
        self._refusals = deque(refusals)

    def refusal(self, t: float, token: str, latch: Latch | None, holding: Sequence[str]) -> str | None:
        """What was said then."""
        found = self._refusals.popleft() if self._refusals else NOBODY
        return found or (None if latch is not None else "nothing is latched")


def beginning(profile: Profile, first_seq: int, calls: Sequence[Call], *, followed: bool) -> Governor:
    """A governor under another policy, closed as after a start, for the same ``calls``: who reset then does again.

    ``followed``: what is measured in ``calls`` came of what this policy decides. Else a robot that did as it was told
    then would disobey now, so that obedience is not judged.
    """
    governor = Governor(profile, first_seq=first_seq)
    for group in () if followed else governor.groups:
        group.unfollowed()
    governor._resets = ToldResets(rest[0] for kind, *rest in calls if kind == "refusal")
    return governor


def restored(state: bytes, calls: Sequence[Call], unpack: Unpack) -> Governor:
    """The governor that had ``state``, for ``calls`` from there on: chance and the operator's key do as they did.

    Raises:
        EventError: ``state`` is not one of this version's.
    """
    nonces = {latch_id: made for kind, *rest in calls if kind == "nonce" for latch_id, made in [rest]}
    resets = ToldResets(rest[0] for kind, *rest in calls if kind == "refusal")
    permits = ToldPermits(rest[0] for kind, *rest in calls if kind == "permit")
    governor = Governor.__new__(Governor)
    told = _Told({"nonce": lambda latch_id, _seq: nonces.get(latch_id, ""), "resets": resets}, permits)
    vars(governor).update(unpack(state, told))
    return governor


class _Told(dict[str, object]):
    """What stands for a name; whatever number it has, a permit is the same."""

    def __init__(self, known: dict[str, object], permits: ToldPermits) -> None:
        super().__init__(known)
        self._permits = permits

    def __missing__(self, name: str) -> object:
        return self._permits


def call(governor: Governor, made: Call) -> list[Decision]:
    """Let ``governor`` be told what another one was; nothing for what only says how something came out."""
    match made:
        case ("handle", event):
            return governor.handle(event)
        case ("tick", t):
            return governor.tick(t)
        case ("absent", t, braked_s):
            governor.absent(t, braked_s)
        case ("replaced", t, sent):
            governor.replaced(t, sent)
        case ("passed", t, channel):
            governor.passed(t, channel)
        case ("unsent", channel):
            governor.unsent(channel)
        case ("skip_to", seq):
            governor.skip_to(seq)
    return []


def _forget(_call: Call) -> None:
    """Nobody notes anything yet."""
