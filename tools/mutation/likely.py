"""Which tests to ask first of a change: those that noticed others near it, and the quick ones.

The least time is spent until one notices where they are asked by their chance of it over the time they take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from .mutants import Body

SAME_FUNCTION, SAME_FILE = 30.0, 3.0
"""So many times as likely as any other is a test for each change that it noticed there."""
ELSEWHERE = 0.02
"""And so many times as likely one that runs nothing of the file."""
AROUND_S = 0.003
"""What asking a test takes besides, s of a core."""


class Likely:
    """What is known so far. took: s of a core, by test, without any change."""

    def __init__(self, took: Mapping[str, float]) -> None:
        self._took = took
        self._seen: dict[tuple[str, Body | None], Counter[str]] = {}
        self._files: dict[str, Counter[str]] = {}

    def noticed(self, file: str, body: Body | None, test: str) -> None:
        """``test`` noticed a change to ``file``, in ``body``."""
        self._seen.setdefault((file, body), Counter())[test] += 1
        self._files.setdefault(file, Counter())[test] += 1

    def known(self, file: str) -> list[str]:
        """Those that noticed a change to ``file``."""
        return list(self._files.get(file, ()))

    def order(
        self, file: str, body: Body | None, tests: Iterable[str], reaching: Container[str]
    ) -> list[str]:
        """The same ``tests``, as they should be asked of a change to ``file`` in ``body``, which ``reaching`` run."""
        near, far = self._seen.get((file, body), Counter()), self._files.get(file, Counter())

        def cost(test: str) -> tuple[float, str]:
            first = 1.0 if test in reaching else ELSEWHERE
            chance = first + SAME_FUNCTION * near[test] + SAME_FILE * far[test]
            return (self._took.get(test, 0.0) + AROUND_S) / chance, test

        return sorted(tests, key=cost)
