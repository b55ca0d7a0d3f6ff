"""Messages that could not be read: how many, and why the newest of them."""

from __future__ import annotations


class Unread:
    """Of one topic."""

    def __init__(self) -> None:
        self.count = 0
        self.why = ""

    def note(self, why: str) -> None:
        """One more, which nobody acts on."""
        self.count, self.why = self.count + 1, why
