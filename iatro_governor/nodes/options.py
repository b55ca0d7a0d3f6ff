"""Parameters of the simulated world's nodes: typed, read once, and none that the node does not have."""

from __future__ import annotations

from typing import TypeVar

from rclpy.node import Node

from iatro_governor.nodes.parameters import ParameterRefused

Value = TypeVar("Value", str, int, float, bool)


class Options:
    """Declares what it is asked for, then refuses whatever else was given."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: list[str] = []

    def take(self, name: str, default: Value) -> Value:
        """The value of ``name``; raises rclpy's ParameterException where its type is not that of ``default``."""
        self._known.append(name)
        return type(default)(self._node.declare_parameter(name, default).value)

    def close(self) -> None:
        """Raises ParameterRefused where anything else was given: a typing error must not go unnoticed."""
        ours = (*self._known, "use_sim_time", "start_type_description_service")
        unknown = sorted(
            name
            for name in self._node._parameter_overrides
            if name not in ours and not name.startswith("qos_overrides.")
        )
        if unknown:
            raise ParameterRefused(f"no parameter {', '.join(unknown)}; there are: {', '.join(self._known)}")
