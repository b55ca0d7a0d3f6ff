"""Writes the pages of docs/reference that the code itself holds.

``python -m tools.reference [--out FOLDER] [PAGE...]``; pages are cli, configuration, wire, faults, limits,
sources and verdicts. The page wire needs ROS 2, which ``.venv/bin/iatro-env`` puts in place.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import yaml

from iatro_governor.cli.schema import profile_schema
from iatro_governor.governor.ladder import TABLE, Level
from iatro_governor.governor.lines import AnyLine
from iatro_governor.limits.contact_force import ContactTask
from iatro_governor.limits.limit import Limit, LimitConfig
from iatro_governor.limits.payload import Held
from iatro_governor.limits.power_and_force import RegionBound
from iatro_governor.limits.registry import KINDS
from iatro_governor.profile.areas import Area
from iatro_governor.profile.faults import FaultOverride
from iatro_governor.profile.figures import CircleFigure, Figure, PolygonFigure
from iatro_governor.profile.labels import Label
from iatro_governor.profile.seeing import Block
from iatro_governor.profile.source_part import SourcePart
from iatro_governor.profile.sources import SourceConfig
from iatro_governor.profile.volumes import BoxFigure, CapsuleFigure, PrismFigure, SphereFigure, Volume3

if TYPE_CHECKING:
    from iatro_governor.nodes.wire import End, Wire

ROOT = Path(__file__).resolve().parents[1]
STAMP = "<!-- Made from the code by `python -m tools.reference`, and compared by a test. Change the code, not this. -->"
INTERFACE_LINE = re.compile(
    r"^(?P<type>[\w/\[\]<=]+)\s+(?P<name>\w+)(?:\s*=\s*(?P<value>\w+))?\s*(?:#\s*(?P<meaning>.*))?$"
)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return (
        "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
        + "\n"
    )


def code(text: str) -> str:
    """``text`` as code; nothing where there is none."""
    return f"`{text}`" if text else ""


# What crosses nodes.


@dataclass(frozen=True, slots=True)
class Interface:
    """A .msg or .srv file. parts: its fields, one list for a message, two (request, answer) for a service."""

    name: str
    about: str
    constants: list[tuple[str, str, str, str]]
    parts: list[list[tuple[str, str, str]]]


def interface(path: Path) -> Interface:
    """Read a .msg or .srv file; raises ValueError for a line that says nothing about its field."""
    about: list[str] = []
    constants: list[tuple[str, str, str, str]] = []
    parts: list[list[tuple[str, str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            about.append(line.lstrip("# "))
        elif line == "---":
            parts.append([])
        elif line.strip():
            found = INTERFACE_LINE.match(line)
            if found is None or not found["meaning"]:
                raise ValueError(f"{path.name}: no type, name and comment in {line!r}")
            if found["value"] is not None:
                constants.append((found["name"], found["value"], found["type"], found["meaning"]))
            else:
                parts[-1].append((found["name"], found["type"], found["meaning"]))
    return Interface(path.stem, " ".join(about), constants, parts)


def interface_text(one: Interface) -> str:
    """The section of one message or service."""
    out = [f"### {one.name}\n", f"{one.about}\n"]
    if one.constants:
        rows = [(code(name), value, code(kind), meaning) for name, value, kind, meaning in one.constants]
        out.append(table(("constant", "value", "type", "meaning"), rows))
    titles = ("",) if len(one.parts) == 1 else ("Request:\n", "Answer:\n")
    for title, fields in zip(titles, one.parts, strict=True):
        rows3 = [(code(name), code(kind), meaning) for name, kind, meaning in fields]
        out += [title] * bool(title) + [table(("field", "type", "unit and meaning"), rows3)]
    return "\n".join(out)


def ends_table(ends: Iterable[End], qos: bool = True) -> str:
    """Topics and services of one node."""
    heads = ("does", "name", "type", "quality of service")
    rows = [(end.way, code(end.name), code(end.type), end.qos) for end in ends]
    return table(heads, rows) if qos else table(heads[:3], [row[:3] for row in rows])


def carried_table(rows: Iterable[tuple[str, str]]) -> str:
    """Types of channels or sources, and their messages."""
    return table(("type", "message"), [(code(name), code(kind)) for name, kind in rows])


def node_text(wire: Wire) -> str:
    """The section of one node."""
    rows = [(code(x.name), x.type, code(x.default) or "empty", x.meaning) for x in wire.settings]
    parts = (
        wire.about + "\n",
        ends_table(wire.ends),
        table(("parameter", "type", "default", "meaning"), rows),
    )
    return "\n".join((f"### {wire.name}{' (lifecycle node)' if wire.lifecycle else ''}\n", *parts))


WIRE = """# On the wire

{stamp}

Names are relative to the nodes' namespace; those that begin with `/` are not. Types without a package are
`iatro_governor/msg`. The topics of channels and sources come from the profile: here they are those of
`config/amr.yaml`, and so is the deadline of its output (two periods of the loop). Where nothing else is said, a topic
is volatile, with automatic liveliness and no deadline. A test holds this page against the graph of running nodes.

## What may surprise

- **The governor does not subscribe to its own outputs.** A message carries no id of its publisher, so foreign
  publishers are found by looking at the graph, ten times a second. One that is gone within the profile's
  `lease_grace_s` stops nothing.
- **Command inputs and sensors are read as best effort, depth 1**, whatever their publishers offer: only the newest
  counts. A trajectory or a gripper command that is sent once can be lost; `governor/decision` says what came.
- **A `Float64MultiArray` has no stamp**, so it counts from its arrival. Its layout may be left empty; one that gives
  the numbers another order than they have is refused.
- **A trajectory is published once**, with the decision that allows it, and with stamp 0: it starts when it is received.
  A new one, a stop among them, replaces it. Its output has no deadline, only liveliness.
- **`governor/reset` takes a token that only the operator's key can make**, and refuses all where no key is configured;
  see [how a latch is released](../how-to/put_it_on_a_robot.md#after-a-latched-stop).
- **`governor/markers` is for RViz and Foxglove**: zones (red: kept out of, amber: slow, blue: kept inside), the body
  (green, amber where a limit binds, red where it is stopped), what is asked for and what is allowed, and in words what
  binds. Twice a second, as long as somebody looks; without visualization_msgs there is no such topic.
- **The heartbeat is for the watch**, and for whoever else wants to know: silence, or a counter that stands still, is
  the fault. The watch publishes on the outputs only then.
- **The emergency stop is a source of the profile**, on a topic that the profile names; so are the flags.
- **A statement changes no command. A mark can matter after a stop:** commands of a new plan count as a new beginning
  where a fault asks for re-arming, and are not taken while over half of the record waits for the ledger. Anybody on the
  network may publish either; only SROS2 keeps others off a topic.
- **`/clock`** is published by the plant where its parameter `clock` is true, and read by a node with `use_sim_time`.

## Channels and sources

What a channel's input and output carry, by its type. Joints' values are in the order of the channel's `joints`, all in
SI units. A `twist` with `stamped: false` is a `geometry_msgs/msg/Twist`.

{channels}
What a source's topic carries, by its type.

{sources}
## Nodes

{nodes}
### trajectory_gate

Offers planners the actions that they know, in front of the governor: `CHANNEL/follow_joint_trajectory`
(`control_msgs/action/FollowJointTrajectory`) for each channel of type `joint_trajectory`, `CHANNEL/gripper_cmd`
(`control_msgs/action/GripperCommand`) for each gripper. A goal goes to the channel's input, and is judged there as any
command is; `governor/decision` says what became of it. A goal that is refused, cut or stopped is aborted with the
cause, one that is cancelled is braked. A goal's path tolerances are not used: the channel has its own. The parameters
are the governor's. Without control_msgs it does not start, with exit code 2.

### Clips

For its clips the recorder also listens, reliable and transient local, to `/tf_static` (`tf2_msgs/msg/TFMessage`) and
`/robot_description` (`std_msgs/msg/String`), in its namespace and out of it, and to the topic that the profile takes
the description from: to each as soon as somebody publishes on it, and to none where the settings have
`keep: {{clips_mb: 0}}`.

### Every node

{common}
A lifecycle node also:

{lifecycle}
Every node takes `use_sim_time` at its start. A parameter that is not in a node's table is refused at the start, with
exit code 2. The governor, the recorder and the witness refuse every change of a parameter while they run.

## Messages

{messages}
## Services

{services}"""


def wire_page() -> str:
    """Nodes, messages and services."""
    with tempfile.TemporaryDirectory() as home:
        # Nodes write where they always write, so the home is another; and nobody is to hear them.
        os.environ |= {"HOME": home, "ROS_LOG_DIR": home, "ROS_AUTOMATIC_DISCOVERY_RANGE": "OFF"}
        os.environ.pop("IATRO_KEY", None)
        from iatro_governor.nodes import wire

        nodes, common, lifecycle = wire.nodes(), wire.common(False), wire.common(True)
        carried = wire.carried()
    messages = [interface(path) for path in sorted((ROOT / "msg").glob("*.msg"))]
    services = [interface(path) for path in sorted((ROOT / "srv").glob("*.srv"))]
    text = WIRE.format(
        stamp=STAMP,
        channels=carried_table(carried["channels"]),
        sources=carried_table(carried["sources"]),
        nodes="\n".join(map(node_text, nodes)),
        common=ends_table(common, qos=False),
        lifecycle=ends_table(lifecycle, qos=False),
        messages="\n".join(map(interface_text, messages)),
        services="\n".join(map(interface_text, services)),
    )
    return text.replace("iatro_governor/msg/", "")


# Faults.

FAULTS = """# Faults

{stamp}

A fault is in force while its condition holds, and for a while after. The highest level wins, and no fault masks
another: every decision lists all that are in force. A fault is one row of `iatro_governor/governor/ladder.py`.

- **state**: of the channel while the fault is in force. A note stops nothing that moves; but while `closed`, no
  command counts, and while `ledger_half_full`, no new plan does.
- **concerns**: the channel that it happened on, or every channel.
- **brakes**: by the channel's controlled or protective stop mode.
- **then**: what moves the robot again once the fault has cleared. A fresh command is one stamped after that. To re-arm,
  the stream of commands has to fall silent, send zeros or begin a new plan first.
- **latches**: only a signed reset clears it; it outlives a restart.

A profile makes a row stronger under `faults:`, as in `faults: {{sensor_stale: {{state: PROTECTIVE_STOP}}}}`.
A weaker answer is refused, unless its key begins with `unsafe_`; then it needs a `source`, and `iatro check` shouts.

{changes}
{rows}"""

RECOVERY = {"none": "", "fresh": "a fresh command", "rearm": "re-arm"}
REACH = {"channel": "the channel", "process": "every channel"}


def faults_page() -> str:
    """The ladder's table, the most severe first."""
    heads = ("fault", "state", "concerns", "brakes", "clears with", "after", "then", "latches")
    rows = []
    for name, row in sorted(TABLE.items(), key=lambda item: -item[1].level):
        note = row.level == Level.NOTE
        rows.append(
            (
                code(name),
                "note" if note else code(row.level.name),
                REACH[row.scope],
                "" if note else row.mode,
                row.clears,
                f"{row.clear_s:g} s",
                RECOVERY[row.recovery],
                "yes" if row.latches else "",
            )
        )
    return FAULTS.format(stamp=STAMP, changes=keys_table(FaultOverride), rows=table(heads, rows))


# Limits.

LIMITS = """# Limits

{stamp}

A profile lists its limits under `limits:`. Each has the keys of this table and those of its kind. `iatro check` refuses
unknown keys, and a channel without a bound on travel and turn; where obstacles are watched, unseen space must be, too.

Where a channel asks for `resolution: project`, these kinds say what its nearest command is looked for within: {within}.
Whatever comes of that is scaled back until all the others allow it, too.

{shared}
{kinds}
## Parts

{parts}
## Figures

`figure` (an area) is exactly one of these, `volume` (volume3) one of the solid ones: `box`, `sphere`, `capsule`,
`prism`. Lengths in m, angles in rad. To a base on the ground a solid is what it covers of the ground at the heights of
the body (`robot.height`; any height where none is given), above the ground that the base's origin travels on.

{figures}"""

FIGURES: dict[str, Any] = {
    "circle": CircleFigure,
    "polygon": PolygonFigure,
    "box": BoxFigure,
    "sphere": SphereFigure,
    "capsule": CapsuleFigure,
    "prism": PrismFigure,
}

PARTS = (RegionBound, ContactTask, Held, Label)
"""Parts of limits that have keys of their own."""

SHARED = {
    "name": "of this limit, once in the file; decisions name it",
    "kind": "one of the headings below",
    "channel": "the channel it bounds",
    "source": "where its number comes from: data sheet, measurement, reason",
    "label": "optional: its side effects and therapeutic window, see [parts](#parts); `iatro label` prints them",
}


def docs_of(model: type) -> dict[str, str]:
    """The text under each attribute of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not base.__module__.startswith("iatro_governor."):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(text, ast.Expr)
                and isinstance(field.target, ast.Name)
            ):
                found[field.target.id] = ast.literal_eval(text.value)
    return found


def kind_of(shape: dict[str, Any]) -> str:
    """The type of a value, from its JSON schema, in words."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2].lower()
    if "anyOf" in shape:
        return " or ".join(kind_of(each) for each in shape["anyOf"] if each.get("type") != "null")
    if "enum" in shape or "const" in shape:
        return ", ".join(code(str(each)) for each in shape.get("enum", [shape.get("const")]))
    if shape.get("type") == "array":
        size = f"{shape['maxItems']} " if shape.get("minItems") == shape.get("maxItems") != None else ""  # noqa: E711
        inner = shape.get("items") or shape["prefixItems"][0]
        word, _, bound = ("point" if inner.get("type") == "array" else kind_of(inner)).partition(" ")
        return f"list of {size}{word}s {bound}".rstrip()
    if shape.get("type") == "object" and "additionalProperties" in shape:
        return f"{kind_of(shape['additionalProperties'])} by name"
    low = {"exclusiveMinimum": "above", "minimum": "at least"}
    bounds = [f"{word} {shape[key]:g}" for key, word in low.items() if key in shape and shape[key] > -1e4]
    high = {"exclusiveMaximum": "below", "maximum": "at most"}
    bounds += [f"{word} {shape[key]:g}" for key, word in high.items() if key in shape and shape[key] < 1e4]
    kind = str("name" if "pattern" in shape else shape.get("type"))
    return f"{kind} {' and '.join(bounds)}".rstrip()


def keys_table(model: Any, left_out: Iterable[str] = ()) -> str:
    """The keys of a part of a profile."""
    shapes = model.model_json_schema()["properties"]
    told = docs_of(model)
    rows = []
    for name, field in model.model_fields.items():
        if name not in left_out:
            default = (
                "required"
                if field.is_required()
                else code(_plain(field.get_default(call_default_factory=True)))
            )
            rows.append(
                (
                    code(name),
                    kind_of(shapes[name]),
                    default,
                    " ".join(told.get(name, "").replace("``", "`").split()),
                )
            )
    return table(("key", "value", "default", "meaning"), rows)


def _plain(value: object) -> str:
    if value is None:
        return "none"
    return str(list(value)) if isinstance(value, tuple) else str(value)


def part_text(name: str, part: Any) -> str:
    """A part that limits have: what it is, and its keys."""
    return f"`{name}`: {' '.join((part.__doc__ or '').replace('``', '`').split())}\n\n{keys_table(part)}"


def limit_text(kind: str) -> str:
    """The section of one kind of limit."""
    limit, model = KINDS[kind], KINDS[kind].model
    example = {
        "name": f"my_{kind}",
        "kind": kind,
        "channel": "arm" if limit.view == "body" else "base",
        **model.example,
        "source": "data sheet, page 4",
    }
    model.model_validate(example)
    written = yaml.safe_dump([example], sort_keys=False, default_flow_style=None, width=200).rstrip()
    told = [" ".join((part.__doc__ or "").replace("``", "`").split()) for part in (limit, model)]
    parts = [
        f"## {kind}\n",
        f"{told[0]} Unit: {limit.unit}.\n",
        f"{told[1]}\n",
        keys_table(model, LimitConfig.model_fields),
    ]
    return "\n".join([*parts, f"```yaml\n{written}\n```\n"])


def limits_page() -> str:
    """Every kind of the registry."""
    figures = "\n".join(part_text(name, FIGURES[name]) for name in Area.model_fields)
    parts = "\n".join(part_text(part.__name__.lower(), part) for part in PARTS)
    assert set(Volume3.model_fields) < set(FIGURES) >= set(Figure.model_fields)
    shared = table(("key", "says"), [(code(name), SHARED[name]) for name in LimitConfig.model_fields])
    kinds = "\n".join(map(limit_text, KINDS))
    within = ", ".join(code(kind) for kind, limit in KINDS.items() if limit.rows is not Limit.rows)
    return LIMITS.format(stamp=STAMP, within=within, shared=shared, kinds=kinds, parts=parts, figures=figures)


# Sources.

SOURCES = """# Sources

{stamp}

A profile lists under `sources:`, by name, what the governor trusts to know the body and its surroundings. Each has the
keys of this table and those of its type. Wherever a limit names sources that see, a scan, a cloud of points and a range
will do, alone or together; such a source must be required. What each says to `iatro govern` is one JSON object a line,
with `t` (s), its `type` and the keys named below; those with a question mark may be left out.

{shared}
{types}"""


def line_text(kind: str) -> str:
    """The keys of a type's event line."""
    for model in get_args(get_args(AnyLine)[0]):
        if kind in get_args(model.model_fields["type"].annotation):
            given = ((n, f) for n, f in model.model_fields.items() if n not in ("t", "type"))
            told = ", ".join(code(name) + "?" * (not field.is_required()) for name, field in given)
            more = ", and each of its `names`" if kind == "flags" else ""
            return f"Event line: {told}{more}."
    raise ValueError(f"no event line of type {kind}")


def sources_page() -> str:
    """Every type of source."""
    shared = set(SourcePart.model_fields) | {"type"}
    types = []
    for model in get_args(get_args(SourceConfig)[0]):
        (name,) = get_args(model.model_fields["type"].annotation)
        about = " ".join((model.__doc__ or "").replace("``", "`").split())
        keys = keys_table(model, shared) if set(model.model_fields) - shared else "It has no other keys.\n"
        types.append("\n".join((f"## {name}\n", f"{about}\n", f"{line_text(name)}\n", keys)))
    blocks = f"## Blocks\n\n`own_boxes`: {' '.join((Block.__doc__ or '').split())}\n\n{keys_table(Block)}"
    parts = keys_table(SourcePart), "\n".join([*types, blocks])
    return SOURCES.format(stamp=STAMP, shared=parts[0], types=parts[1])


def _more(page: str, module: str = "reference_more") -> Callable[[], str]:
    """A page that is written elsewhere in tools, with what is here."""
    return lambda: str(getattr(importlib.import_module(f"tools.{module}"), page)(sys.modules[__name__]))


PAGES: dict[str, Callable[[], str]] = {
    "cli": _more("cli_page"),
    "configuration": _more("configuration_page"),
    "faults": faults_page,
    "limits": limits_page,
    "scenarios": _more("scenarios_page", "scenario_page"),
    "sources": sources_page,
    "verdicts": _more("verdicts_page"),
    "wire": wire_page,
}


SCHEMA = ROOT / "config" / "profile.schema.json"
"""What the first line of a profile points editors to."""


def schema_text() -> str:
    """The profile's JSON schema, as ``iatro schema --profile`` prints it."""
    return json.dumps(profile_schema(), indent=2, ensure_ascii=False) + "\n"


def main(words: Sequence[str] | None = None) -> None:
    """Write the pages asked for, all of them unless any is named."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.reference", description="Write the reference pages."
    )
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"one of {', '.join(PAGES)}")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "reference", help="the folder to write to"
    )
    given = parser.parse_args(words)
    if unknown := sorted(set(given.pages) - set(PAGES)):
        parser.error(f"no page {', '.join(unknown)}; there are: {', '.join(PAGES)}")
    for name in given.pages or PAGES:
        (given.out / f"{name}.md").write_text(PAGES[name](), encoding="utf-8")
    if not given.pages:
        SCHEMA.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
