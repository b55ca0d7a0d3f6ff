"""Who has the joints that several channels move: as under ros2_control, one controller at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from iatro_governor.governor.chart import Chart


class Claims:
    """Channels that share a joint are rivals: one of them has it, and what the joint does is that one's doing.

    No channel is without its joints unless a rival has them. At first those have them that come first.
    """

    def __init__(self, moves: Mapping[str, Sequence[str]]) -> None:
        """``moves``: the joints of each channel."""
        self._rivals = {
            name: tuple(other for other in moves if other != name and set(moves[other]) & set(joints))
            for name, joints in moves.items()
        }
        self._holders = self._settle(moves)
        self._users: set[str] = set()

    @classmethod
    def of(cls, charts: Mapping[str, Chart]) -> Claims:
        """Among the channels of ``charts``."""
        return cls({name: chart.moves for name, chart in charts.items()})

    def rivals(self, name: str) -> tuple[str, ...]:
        """The channels that cannot move while ``name`` does."""
        return self._rivals[name]

    def has(self, name: str) -> bool:
        """Whether ``name`` has its joints."""
        return name in self._holders

    def uses(self, name: str) -> bool:
        """Whether ``name`` has its joints and has ever moved them."""
        return name in self._holders and name in self._users

    @property
    def holders(self) -> tuple[str, ...]:
        """The channels that have their joints."""
        return self._holders

    def take(self, name: str) -> None:
        """Let ``name`` move its joints; what its rivals lose by that, others may have again."""
        self._users.add(name)
        if not self.has(name):
            self._holders = self._settle((name, *self._holders, *self._rivals))

    def _settle(self, order: Iterable[str]) -> tuple[str, ...]:
        holders: list[str] = []
        for name in order:
            if name not in holders and not set(self._rivals[name]) & set(holders):
                holders.append(name)
        return tuple(holders)
