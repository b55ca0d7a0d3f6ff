"""What is kept in memory, counted from outside: a test need not know where it is kept."""

from __future__ import annotations

import gc


def kept(kind: type) -> int:
    """How many objects of ``kind`` there are."""
    gc.collect()
    return sum(isinstance(each, kind) for each in gc.get_objects())
