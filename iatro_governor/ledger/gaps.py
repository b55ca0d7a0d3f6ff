"""Gaps in what could be read of a chain, and what of them its own tombstones explain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from .segments import Hole


def unexplained(
    gap: Hole, tombstones: Iterable[Hole], mac_of: Callable[[int], bytes | None]
) -> Iterator[Hole]:
    """What of ``gap`` none of the ``tombstones`` tells of: as a check of the chain steps over them, one by one.

    ``mac_of`` gives the mac of a record that is not there, where anything vouches for it. A tombstone that begins
    after a record of which nothing does explains nothing: no other could end before it.
    """
    inside = [one for one in tombstones if gap.first <= one.first <= one.last <= gap.last]
    first = gap.first
    while first <= gap.last:
        ends = [one.last for one in inside if one.first == first]
        if ends:
            first = max(ends) + 1
            continue
        later = [one.first - 1 for one in inside if one.first > first and mac_of(one.first - 1)]
        last = min(later, default=gap.last)
        head = mac_of(last)
        yield replace(gap, first=first, last=last, head=head.hex() if head else gap.head)
        first = last + 1
