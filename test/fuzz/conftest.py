"""The governor as a process with a bench around it, as the tests of the nodes have it."""

from test.nodes.conftest import benches, governed, node_here

__all__ = ["benches", "governed", "node_here"]
