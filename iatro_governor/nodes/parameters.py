"""The parameters of every node of ours: three, set at start, and nothing else can be set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from iatro_governor.errors import IatroError
from iatro_governor.resources import shared

_MEANINGS = {
    "config": "the robot's configuration file (YAML)",
    "robot": "name of the robot, for the folder of its ledger where none is given",
    "ledger": "the ledger's settings file; records that wait for the ledger are kept beside it",
}
PARAMETERS = tuple(_MEANINGS)
_OF_ROS = ("use_sim_time", "start_type_description_service", "qos_overrides.")


class ParameterRefused(IatroError):
    """A parameter that the node does not have, or a value it cannot use."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a node was started with."""

    config: Path
    robot: str
    ledger: Path
    """The ledger's settings file; it need not exist."""

    @property
    def ring(self) -> Path:
        """Where the governor keeps its decisions until the ledger has them."""
        return self.ledger.with_suffix(".ring")


def settings(node: Node, more: dict[str, str] | None = None) -> tuple[Settings, dict[str, str]]:
    """Declare and read the parameters of ``node``; from now on none of them can be set.

    ``more``: further parameters of this kind of node and what they mean (text, empty by default).
    Returns the settings and the values of ``more``. Raises ParameterRefused for any other parameter given,
    or a value that is no text.
    """
    meanings = {**_MEANINGS, **(more or {})}
    given = node._parameter_overrides
    unknown = sorted(name for name in given if name not in meanings and not name.startswith(_OF_ROS))
    if unknown:
        known = ", ".join(meanings)
        raise ParameterRefused(f"no parameter {', '.join(unknown)}; there are: {known}")
    values = {}
    for name, meaning in meanings.items():
        override = given.get(name)
        if override is not None and override.type_ is not Parameter.Type.STRING:
            raise ParameterRefused(f"parameter {name}: {override.value!r} is no text; write it in quotes")
        descriptor = ParameterDescriptor(description=meaning, read_only=True)
        values[name] = str(node.declare_parameter(name, "", descriptor).value)
    node.add_on_set_parameters_callback(_refuse)
    config = Path(values["config"]) if values["config"] else shared("config/amr.yaml")
    at_home = Path.home() / ".iatro_governor" / values["robot"] / "ledger.yaml"
    ledger = Path(values["ledger"]) if values["ledger"] else at_home
    own = Settings(config.absolute(), values["robot"], ledger.absolute())
    return own, {name: values[name] for name in more or {}}


def _refuse(parameters: list[Parameter]) -> SetParametersResult:
    names = ", ".join(parameter.name for parameter in parameters)
    return SetParametersResult(
        successful=False, reason=f"{names} cannot be set while the node runs; start it again"
    )
