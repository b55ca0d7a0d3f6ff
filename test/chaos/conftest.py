"""Nodes in this process, for who listens to the chaos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest


@pytest.fixture
def node_here(domain: int) -> Iterator[Callable[[str], Any]]:
    """``node_here(name)`` makes a node in this process, spun until the test ends."""
    from test.nodes.bench import node

    with ExitStack() as stack:
        yield lambda name: stack.enter_context(node(domain, name))
