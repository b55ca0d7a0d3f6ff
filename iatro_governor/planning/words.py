"""Texts as they can be sent: JSON may hold what no message can."""

from __future__ import annotations


def sendable(text: str) -> str:
    """``text`` with halves of characters joined, or replaced where the other half is missing, and without NUL.

    JSON can escape half a character, and servers that stream do send one in each of two pieces; a message ends at NUL.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
