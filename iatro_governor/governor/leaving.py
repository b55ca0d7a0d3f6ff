"""Whether a body that leaves what it pushed against truly does: then less and less is felt, and never much more."""

from __future__ import annotations

from typing import Any

from iatro_governor.limits.limit import Limit

TOLD = (
    "is meant to leave what is felt, which is {share:.3g} times what stops it now, and was {least:.3g} times"
)


class Leaving:
    """The least that each limit felt since the body began to leave.

    Where a body pushes is known by what its sensor tells of directions. One with another sign, or in other axes than
    the profile says, has a body push on and call it leaving, with all of the force on record. So the size is judged,
    too; and nobody knows the way out of what was felt harder, before it eases.
    """

    def __init__(self) -> None:
        self._least: dict[str, float] = {}
        self._worse: set[str] = set()

    def worsens(self, limit: Limit[Any], situation: Any) -> str | None:
        """Why what stands does not leave what ``limit`` feels, or None. Asked at every decision that lets it move."""
        strain, name = limit.strain(situation), limit.config.name
        if strain is None:
            self._least.pop(name, None)
            self._worse.discard(name)
            return None
        stays = strain.leaving or name in self._worse
        least = min(self._least.get(name, strain.share), strain.share) if stays else strain.share
        self._least[name] = least
        if strain.share <= least + strain.slack:
            self._worse.discard(name)
            return None
        self._worse.add(name)
        return TOLD.format(share=strain.share, least=least)
