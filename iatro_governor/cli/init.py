"""``iatro init``: a first profile, from a robot's description and a few questions."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..errors import IatroError, Problem, ProfileError
from ..governor.overrides import table_of
from ..governor.self_test import tested
from ..limits.registry import load_profile
from ..resources import shared
from . import _init_text as texts
from ._apart import apart
from ._init_robot import MISSING_MESH_BOX, Described
from .output import console, notes, print_json

HAND = 0.25
"""The reduced speed of a hand beside people that ISO 10218-1 is known for, m/s."""


CAPSULES = (1, 2, 3)
"""For each link, the fewest first."""
OVERLAP = "overlap at rest"


SHAPELESS = (
    "No link that these joints move has a collision shape. Give the description some, take `shapes: visual`, or take "
    "these limits out: nothing bounds then how fast the hand is and what it touches"
)


class InitRefused(IatroError):
    """The answers make no profile that could be used, or a file stands where it would go."""


def init(
    urdf: Annotated[Path, typer.Option(help="The robot's description, a URDF file.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the profile goes.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take every default, ask nothing.")] = False,
    force: Annotated[bool, typer.Option(help="Write over a file that is there.")] = False,
    kind: Annotated[str | None, typer.Option(help="arm or base.", show_default=False)] = None,
    name: Annotated[str | None, typer.Option(help="The robot's name.", show_default=False)] = None,
    tool: Annotated[
        str | None, typer.Option(help="The link at the end of the arm.", show_default=False)
    ] = None,
    base_frame: Annotated[str | None, typer.Option(help="The base's link.", show_default=False)] = None,
    drive: Annotated[
        str | None, typer.Option(help="differential or omnidirectional, of a base.", show_default=False)
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(help="An arm: share of the stated speeds. A base: m/s.", show_default=False),
    ] = None,
    input: Annotated[
        str | None, typer.Option(help="Topic the planner publishes on.", show_default=False)
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="Topic the robot listens on.", show_default=False)
    ] = None,
    package_dir: Annotated[
        list[Path] | None,
        typer.Option(help="Where package:// is looked for; may be repeated.", show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Write a first profile from a URDF. Asks what it cannot know; never writes over a file without asking."""
    if json and not yes:
        raise InitRefused(
            "--json asks nothing: give --yes as well, and what differs from the defaults as options"
        )
    ask = Asking(yes)
    robot = Described.read(urdf)
    _may_write(out, urdf, force, ask)
    dirs = [folder.resolve() for folder in package_dir or []]
    found: dict[str, Any] = {"kind": ask.one_of("kind", kind, _kind(robot), ("arm", "base"))}
    guess = re.sub(r"\W+", "_", robot.tree.name).strip("_") or "robot"
    found["name"] = ask.text("name", name, guess if guess[0].isalpha() else f"robot_{guess}")
    make = _arm if found["kind"] == "arm" else _base
    given = {
        "tool": tool,
        "base_frame": base_frame,
        "drive": drive,
        "speed": speed,
        "input": input,
        "output": output,
    }
    text, warnings = make(robot, ask, found, given, dirs, out)
    profile = _checked(text, out)
    warnings += [] if profile.body is None else profile.body.warnings
    warnings += _tried(profile, out)
    if json:
        limits = len(profile.limits)
        print_json({"file": str(out), **found, "limits": limits, "warnings": list(dict.fromkeys(warnings))})
        return
    for warning in dict.fromkeys(warnings):
        notes.print(f"[bold yellow]{'LOOK' if 'mesh' in warning else 'note'}[/] ", end="")
        notes.print(warning, markup=False)
    if any("mesh" in warning for warning in warnings):
        notes.print("Give --package-dir for the folder that holds a missing mesh's package, and --force.")
    console.print(f"{out}: a profile of {found['name']}, {len(profile.limits)} limits", markup=False)
    console.print("Numbers marked `not measured` are guesses: measure, then look at all of it with")
    console.print(f"    iatro check {out} --explain", markup=False)


class Asking:
    """Questions, unless an option has answered them or every default is taken."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes
        if not yes and not sys.stdin.isatty() and not os.environ.get("IATRO_ASK"):
            notes.print(
                "no terminal: answers are read line by line from standard input; --yes takes every default"
            )

    def text(self, what: str, given: str | None, default: str) -> str:
        """A word."""
        return str(self._answer(what, given, default, str))

    def number(self, what: str, given: float | None, default: float, least: float, most: float) -> float:
        """A number within bounds. Raises InitRefused for one outside."""
        value = float(self._answer(what, given, default, float))
        if not least < value <= most:
            raise InitRefused(f"{what}: {value:g} (allowed: above {least:g}, at most {most:g})")
        return value

    def one_of(self, what: str, given: str | None, default: str, allowed: tuple[str, ...]) -> str:
        """One of ``allowed``. Raises InitRefused for another."""
        value = str(self._answer(f"{what} ({', '.join(allowed[:12])})", given, default, str))
        if value not in allowed:
            raise InitRefused(f"{what}: {value!r} (allowed: {', '.join(allowed)})")
        return value

    def sure(self, what: str) -> bool:
        """Yes or no; no where nobody is asked."""
        return not self._yes and bool(self._asked(what, partial(typer.confirm, default=False)))

    def _answer(self, what: str, given: Any, default: Any, kind: Callable[[Any], Any]) -> Any:
        if given is not None:
            return given
        return default if self._yes else self._asked(what, partial(typer.prompt, default=default, type=kind))

    def _asked(self, what: str, ask: Callable[..., Any]) -> Any:
        try:
            return ask(what, err=True)
        except typer.Abort as error:
            if not isinstance(error.__context__, EOFError):
                raise
            notes.print()
            raise InitRefused(
                f"{what}: no answer came, and nothing is written; answer all questions, or give --yes, which takes "
                "every default, and what differs from them as options"
            ) from None


def _kind(robot: Described) -> Literal["arm", "base"]:
    joints = robot.chain(robot.tool)
    return "base" if len(joints) < 2 or all(joint.kind == "continuous" for joint in joints[:2]) else "arm"


def _arm(
    robot: Described, ask: Asking, found: dict[str, Any], given: dict[str, Any], dirs: list[Path], out: Path
) -> tuple[str, list[str]]:
    links = tuple(robot.tree.links)
    tool = ask.one_of("tool: the link at the arm's end", given["tool"], robot.tool, links)
    joints = robot.chain(tool)
    if not joints:
        raise InitRefused(f"no joint moves {tool}: name another link as --tool, or give --kind base")
    root = next(joint.parent for joint in robot.tree.joints if joint.name == joints[0].name)
    base = ask.one_of("base frame: where zones are drawn", given["base_frame"], root, links)
    share = ask.number("speed: share of what the description states", given["speed"], 0.5, 0.0, 1.0)
    wishes = texts.Wishes(
        found["name"],
        ask.text("topic that the planner publishes on", given["input"], "arm/velocity_planner"),
        ask.text("topic that the arm listens on", given["output"], "arm/velocity"),
        share,
    )
    names = [joint.name for joint in joints]
    hand = HAND, "chosen: the reduced speed beside people that ISO 10218-1 is known for, 250 mm/s"
    place = os.path.relpath(robot.file.resolve(), out.resolve().parent)
    folders = [os.path.relpath(folder, out.resolve().parent) for folder in dirs]

    def written(box: float | None, capsules: int) -> str:
        arm = texts.arm(
            wishes, place, base, tool, joints, robot.standing(names), folders, box, capsules, 0.5, hand
        )
        return texts.head(_schema(), robot.file) + arm

    found |= {"tool": tool, "base_frame": base, "joints": names}
    box, warnings = None, texts.slowed(wishes, joints)
    try:
        _load(written(None, 1), out)
    except ProfileError as error:
        if not any("mesh" in problem.message for problem in error.problems):
            raise _refused(error) from error
        box = MISSING_MESH_BOX
        warnings += [f"a mesh was not found, so a box stands for it: {one.message}" for one in error.problems]
    # As coarse as it may be: capsules that overlap at rest keep an arm from moving.
    for capsules in CAPSULES:
        text = written(box, capsules)
        body = _load(text, out).body
        if body is None or not any(OVERLAP in warning for warning in body.warnings):
            break
    return text, warnings


def _base(
    robot: Described, ask: Asking, found: dict[str, Any], given: dict[str, Any], dirs: list[Path], out: Path
) -> tuple[str, list[str]]:
    links = tuple(robot.tree.links)
    likely = next((name for name in ("base_link", "base_footprint") if name in links), robot.tree.root)
    frame = ask.one_of("base frame", given["base_frame"], likely, links)
    drive = ask.one_of("drive", given["drive"], "differential", ("differential", "omnidirectional"))
    speed = ask.number("speed, m/s", given["speed"], 0.5, 0.0, 3.0)
    laser = robot.laser
    wishes = texts.Wishes(
        found["name"],
        ask.text("topic that the planner publishes on", given["input"], "cmd_vel_planner"),
        ask.text("topic that the base listens on", given["output"], "cmd_vel"),
        1.0,
    )
    radius, height, warnings = robot.size(frame, dirs)
    pose = (0.0,) * 6 if laser is None else robot.on_base(laser, frame)
    if laser is None:
        warnings.append(
            "no link sounds like a lidar's: its frame and pose are guesses, put yours in their place"
        )
    found |= {"base_frame": frame, "drive": drive, "lidar": laser}
    body = texts.base(wishes, frame, drive, radius, height, laser or "laser", pose, "scan", speed)
    return texts.head(_schema(), robot.file) + body, warnings


def _schema() -> str:
    return str(shared("config/profile.schema.json"))


def _may_write(out: Path, urdf: Path, force: bool, ask: Asking) -> None:
    """Raises WouldOverwrite where that is the description, InitRefused where nobody says that a file may go."""
    apart(out, [urdf])
    if not out.parent.is_dir():
        raise InitRefused(f"{out}: there is no folder {out.parent}")
    if out.exists() and not force and not ask.sure(f"{out} is there; write over it?"):
        raise InitRefused(f"{out} is there and stays as it is; give another --out, or --force")


def _load(text: str, out: Path) -> Any:
    """The profile that ``text`` is, read from beside ``out``. Raises ProfileError where it cannot be used."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", suffix=".yaml", dir=out.parent, delete=False
    ) as file:
        file.write(text)
    path = Path(file.name)
    try:
        profile = load_profile(path)
        table_of(profile)
        return profile
    finally:
        path.unlink()


def _checked(text: str, out: Path) -> Any:
    """Write ``text`` to ``out`` once it is known to be sound. Raises InitRefused with all that is wrong."""
    try:
        profile = _load(text, out)
    except ProfileError as error:
        raise _refused(error) from error
    out.write_text(text, encoding="utf-8")
    return profile


def _tried(profile: Any, out: Path) -> list[str]:
    """What the self-test warns of. Raises InitRefused where `iatro check` would refuse the profile; the file stays."""
    try:
        return [*dict.fromkeys(map(str, tested(profile)))]
    except ProfileError as error:
        body = profile.body
        shapeless = body is not None and not body.supports[body.capsule_body].any()
        cure = SHAPELESS if shapeless else "Change what these lines say"
        reasons = "\n".join(f"  line {problem.line}: {problem.message}" for problem in error.problems)
        raise InitRefused(
            f"{out} is written, but nothing may start with it:\n{reasons}\n{cure}. Then look again: iatro check {out}"
        ) from error


def _refused(error: ProfileError) -> InitRefused:
    named = all(problem.key.startswith("robot.model") for problem in error.problems)
    what = "the description cannot be used" if named else "the answers make no profile that could be used"
    cure = "\nMend a copy of it, and give that as --urdf." if named else ""
    reasons = "\n".join(f"  {problem.key}: {problem.message}{_but(problem)}" for problem in error.problems)
    return InitRefused(f"{what}:\n{reasons}{cure}")


def _but(problem: Problem) -> str:
    """What was given, and what may be, where the message does not say so by itself."""
    if not isinstance(problem.given, str | int | float) or problem.allowed == problem.message:
        return ""
    return f" (given: {problem.given!r}; allowed: {problem.allowed})"
