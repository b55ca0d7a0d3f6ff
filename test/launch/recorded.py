"""Stand-ins for launch and launch_ros: what a launch file describes, written down, where neither is installed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STOOD_IN = (
    "launch", "launch.actions", "launch.event_handlers", "launch.launch_description_sources", "launch.substitutions",
    "launch_ros", "launch_ros.actions", "launch_ros.ros_adapters", "launch_ros.substitutions",
    "lifecycle_msgs", "lifecycle_msgs.msg", "lifecycle_msgs.srv",
)  # fmt: skip
TOPS = {name.split(".")[0] for name in STOOD_IN}
OURS = tuple(f"iatro_governor.nodes.{name}" for name in ("bringup", "launch_order", "launch_command"))


class Recorded:
    """An action, a substitution or whatever else: its class's name, and what it was made with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    @property
    def kind(self) -> str:
        """The name of its class."""
        return type(self).__name__

    @property
    def name(self) -> Any:
        """Of an argument or a configuration: what it is called."""
        return self.args[0]

    @property
    def node_name(self) -> Any:
        """Of a node: what it is called."""
        return self.kwargs["name"]


class _Module(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Recorded,), {})


@contextmanager
def standing_in() -> Iterator[None]:
    """Within it, whoever imports launch gets the stand-ins; modules of ours that did are forgotten afterwards."""
    package = importlib.import_module("iatro_governor.nodes")
    before = _taken(package)
    try:
        sys.modules.update({name: _Module(name) for name in STOOD_IN})
        yield
    finally:
        _taken(package)
        sys.modules.update(before)
        for name in before.keys() & set(OURS):
            setattr(package, name.rsplit(".", 1)[1], before[name])


def _taken(package: types.ModuleType) -> dict[str, types.ModuleType]:
    """Take the modules out of the interpreter, and ours out of their package as well."""
    for name in OURS:
        vars(package).pop(name.rsplit(".", 1)[1], None)
    touched = [name for name in sys.modules if name in OURS or name.split(".")[0] in TOPS]
    return {name: sys.modules.pop(name) for name in touched}


def description(file: Path) -> list[Recorded]:
    """The entities of a launch file, inside ``standing_in``."""
    spec = importlib.util.spec_from_file_location(file.stem.replace(".", "_"), file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (entities,) = module.generate_launch_description().args
    return list(entities)


class Said(dict[str, str]):
    """Values of launch arguments, which notes the ones that are asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As of any dict."""
        self.asked.add(name)
        return super().get(name, default)


def carried_out(entities: list[Recorded], said: Said) -> list[Recorded]:
    """``entities``, and what their functions give for ``said``; what waits is let through, what waits on it too."""
    context = types.SimpleNamespace(launch_configurations=said, is_shutdown=False)
    out: list[Recorded] = []
    for entity in entities:
        if entity.kind == "OpaqueFunction":
            function = entity.kwargs["function"]
            waits = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
            then = list(waits["then"].cell_contents) if "then" in waits else function(context)
            out += carried_out(then, said)
        else:
            out.append(entity)
    return out
