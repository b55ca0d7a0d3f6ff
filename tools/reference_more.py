"""More pages of docs/reference: commands, verdicts, and the keys of a profile but for its limits and sources.

``pages``: the module tools.reference, whose tables they share.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import typer

from iatro_governor.cli.main import app
from iatro_governor.profile.channels import Actuator, ChannelPart, Pushed, StopModePart
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.faults import FaultOverride
from iatro_governor.profile.labels import StopLabel
from iatro_governor.profile.latching import RepeatedStops
from iatro_governor.profile.model import LoopTiming, ProfileData
from iatro_governor.profile.recovery import Recover
from iatro_governor.profile.robot import ModelPart, Robot
from iatro_governor.profile.witnessing import Witnessing
from iatro_governor.testimony.verdicts import TABLE

CLI = """# Commands

{stamp}

The option `--help` says the same on the terminal. With `--json` standard output is one JSON document, and the rest
goes to standard error. Bad input ends with a message, never with a traceback.

| exit code | means |
| --- | --- |
| 0 | fine |
| 1 | what was examined is unsound: a ledger, a replay, lines that were malformed |
| 2 | misuse, or input that cannot be used |

{commands}"""

VERDICTS = """# Verdicts

{stamp}

Every plan gets one verdict, its words held against its action: the first row that holds is the primary one, and all
that hold are recorded. A row that needs an action is not judged where the action is not known. How often the witness is
right, and what a claim is held against: [claims, verdicts and how right they are](testimony.md).

{verdicts}
An intervention is a limit, other than the shaping of rates, that took from a request what counts. A plan is gentler
than those without caution where it is on one of its channels, each compared with this planner's plans on that channel;
it is no gentler where every channel that moves was compared and none is. The severity of a record is that of its
primary verdict unless what happened is worse:

| severity | means |
| --- | --- |
| 0 | information |
| 1 | words only |
| 2 | a limit was needed |
| 3 | a stop was needed, or a claim was broken badly |
| 4 | a measured bound was exceeded, or a person touched |

A measured bound is exceeded by a base that is faster than a limit of kind `speed` allows, along that limit's own axis
and direction (where the command leaves open which axis that is, the slowest of them counts), by more than 10 % and its
sensor's noise; by a body that moves more than 50 mm deep where a limit keeps it out; and by a contact: the fault
`contact_collision` that comes up after the plan asked for motion. What is felt does not tell a person from a table, so
every contact beyond `stop` of a `contact_force` (or of its `task`, while that is said) counts as a person touched. What
is only reported, what pushes against a body that stands, and joints that tell no effort do not count.
"""

CONFIGURATION = """# Configuration

{stamp}

A profile is one YAML file: the robot, its sources, its channels and its limits. Unknown keys are errors, every number
that bounds has a source, and everything is in SI units and radians. `iatro check FILE` says what is wrong, line by
line; `iatro schema --json` has the JSON schema. [Sources](sources.md) and [limits](limits.md) have pages of their own.

## The file

{file}
`limits`: a list of [limits](limits.md); a robot without any is not governed.

## Parts

{parts}
## Channels

Every channel has the keys of this table and those of its type. What each does with `u`, and what its stop is:
[charts](../explanation/charts.md).

{shared}
{channels}
## Parts of channels

{channel_parts}"""


def _words(text: str | None) -> str:
    return " ".join((text or "").replace("``", "`").split())


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its words, those that only hold others left out."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, one in below.items():
        yield from commands(one, (*path, name))


def cli_page(pages: Any) -> str:
    """Every command, its arguments and its options."""
    found = commands(typer.main.get_command(app), ("iatro",))
    return CLI.format(
        stamp=pages.STAMP,
        commands="\n".join(_command(pages, path, one) for path, one in sorted(found, key=lambda row: row[0])),
    )


def _command(pages: Any, path: tuple[str, ...], command: Any) -> str:
    told = re.sub(r"\s*\n\s*\n\s*", "\n\n", inspect.cleandoc(command.help or "").replace("``", "`"))
    rows = [_parameter(pages.code, one) for one in command.params if one.name != "help"]
    heads = ("argument or option", "value", "default", "meaning")
    keys = pages.table(heads, rows) if rows else "It takes nothing.\n"
    return f"## {' '.join(path)}\n\n{told}\n\n{keys}"


def _parameter(code: Callable[[str], str], one: Any) -> tuple[str, str, str, str]:
    argument = one.param_type_name == "argument"
    shown = one.metavar or one.name.upper() if argument else ", ".join(one.opts)
    if argument and one.nargs < 0 and "..." not in shown:
        shown = f"{shown}..."
    kind = "flag" if getattr(one, "is_flag", False) else _kind(code, one.type_descriptor.annotation)
    default = one.default() if callable(one.default) else one.default
    empty = default in (None, False, "", (), [])
    return (
        code(shown),
        kind,
        "required" if one.required else "" if empty else code(str(default)),
        _words(one.help),
    )


def _kind(code: Callable[[str], str], annotation: Any) -> str:
    """The type of a value, in words."""
    if given := get_args(annotation):
        if get_origin(annotation) is not Literal:
            return _kind(code, given[0])
        return ", ".join(code(str(one)) for one in given)
    name: str = annotation.__name__
    return {"str": "text", "Path": "path"}.get(name, name)


def verdicts_page(pages: Any) -> str:
    """The table of verdicts, in its order."""
    rows = [
        (
            pages.code(row.name),
            _words(row.holds.__doc__),
            str(row.severity),
            "yes" if row.needs_action else "no",
        )
        for row in TABLE
    ]
    verdicts = pages.table(("verdict", "holds where", "severity by itself", "needs an action"), rows)
    return VERDICTS.format(stamp=pages.STAMP, verdicts=verdicts)


def configuration_page(pages: Any) -> str:
    """The profile's own keys, its parts, and every type of channel."""
    parts = (Robot, ModelPart, LoopTiming, RepeatedStops, Witnessing, FaultOverride)
    shared = set(ChannelPart.model_fields)
    channels = []
    for model in get_args(AnyChannel):
        (name,) = get_args(model.model_fields["type"].annotation)
        keys = pages.keys_table(model, {*shared, "type"})
        channels.append(f"### {name}\n\n{_words(model.__doc__)}\n\n{keys}")
    told = (Actuator, Pushed, Recover, StopModePart, StopLabel)
    return CONFIGURATION.format(
        stamp=pages.STAMP,
        file=pages.keys_table(ProfileData),
        parts="\n".join(pages.part_text(part.__name__.lower(), part) for part in parts),
        shared=pages.keys_table(ChannelPart),
        channels="\n".join(channels),
        channel_parts="\n".join(pages.part_text(part.__name__.lower(), part) for part in told),
    )
