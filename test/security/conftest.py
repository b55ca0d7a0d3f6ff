"""A node that looks at the graph."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def observer(domain: int) -> Iterator[Any]:
    """A node of this process, in the domain of the test."""
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    bench = importlib.import_module("test.nodes.bench")
    with bench.node(domain, "observer") as node:
        yield node
