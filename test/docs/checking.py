"""What a document says that can be checked: its commands are run, and what it names has to exist."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
import yaml

from iatro_governor.cli._sros2 import grants
from iatro_governor.cli.main import app
from iatro_governor.profile.load import load_data

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "iatro_governor"
SHELLS = ("", "sh", "bash", "shell", "console")
PROGRAMS = ("make", "iatro", ".venv/bin/iatro", "ros2", "python", "fastdds", "export")
LONG = ("demo", "review serve", "trial")
"""Commands of iatro that take too long to be run for a document: only their options are looked at."""
ELSEWHERE = {"fastdds shm clean", "export FASTDDS_BUILTIN_TRANSPORTS=UDPv4"}
"""Commands that are not ours; each was tried by hand."""
MACHINES = re.compile(r"/(?:work|root|home|Users|mnt)/\w")
EXIT = re.compile(r"#.*\bexit (?:code )?(\d)")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code. language: of a fenced one; None where it is indented."""

    language: str | None
    lines: list[str]


def blocks(text: str) -> Iterator[Block]:
    """Fenced and indented blocks of code of a document."""
    fence: str | None = None
    before = ""
    kept: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("```"):
            if fence is not None:
                yield Block(fence, kept)
            fence, kept = (line[3:].strip(), []) if fence is None else (None, [])
        elif fence is not None:
            kept.append(line)
        elif line.startswith("    ") and line.strip() and (kept or not before):
            kept.append(line[4:])
        elif kept:
            yield Block(None, kept)
            kept = []
        before = line.strip()


def outside_blocks(text: str) -> str:
    """The prose of a document: what is in fences is left out."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def problems(document: Path, desk: Path) -> list[str]:
    """Everything that is wrong with ``document``. desk: the folder that its commands are run in."""
    text = document.read_text(encoding="utf-8")
    found = [problem for block in blocks(text) for problem in block_problems(block, desk)]
    if MACHINES.search(text):
        found.append(f"names a path of somebody's machine: {MACHINES.findall(text)}")
    for look in (link_problems, test_problems, span_problems):
        found += look(document, outside_blocks(text))
    return found


def block_problems(block: Block, desk: Path) -> Iterator[str]:
    """A block of data has to be readable; one of commands is run, line by line."""
    joined = "\n".join(block.lines).replace("\\\n", " ")
    if block.language in ("yaml", "json"):
        try:
            (yaml.safe_load if block.language == "yaml" else json.loads)(joined)
        except (ValueError, yaml.YAMLError) as error:
            yield f"a block of {block.language} cannot be read: {error}"
        return
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    commands = block.language in SHELLS or any(line.split()[0] in PROGRAMS for line in lines)
    for line in lines if commands else ():
        if (problem := command_problem(line.removeprefix("$ "), desk)) is not None:
            yield f"{line.strip()}: {problem}"


def command_problem(line: str, desk: Path) -> str | None:
    """What is wrong with one command line, or None."""
    words = shlex.split(line, comments=True)
    if " ".join(words) in ELSEWHERE:
        return None
    checks: dict[str, Callable[[list[str]], str | None]] = {
        "make": make_problem,
        "ros2": ros2_problem,
        "python": python_problem,
    }
    program = Path(words[0]).name
    if program == "iatro":
        wanted = EXIT.search(line)
        return iatro_problem(words[1:], desk, int(wanted[1]) if wanted else 0)
    return checks[program](words[1:]) if program in checks else "nobody knows how to check this command"


def make_problem(words: list[str]) -> str | None:
    """Targets and variables are those of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"\$\((?:if \$\()?(\w+)\)", makefile))
    for word in words:
        name, equals, _ = word.partition("=")
        if name not in (variables if equals else targets):
            return f"the Makefile has no {name}"
    return None


def python_problem(words: list[str]) -> str | None:
    """The module or script exists."""
    file = Path(*words[1].split(".")).with_suffix(".py") if words[0] == "-m" else Path(words[0])
    return None if (ROOT / file).exists() else f"there is no {file}"


def iatro_problem(words: list[str], desk: Path, wanted: int) -> str | None:
    """Run it, as a user would, and look at its exit code."""
    words = [str(desk / word[9:]) if word.startswith("/path/to/") else word for word in words]
    command = [
        sys.executable,
        "-m",
        f"{PACKAGE}.cli.main",
        *words,
        *["--help"] * " ".join(words).startswith(LONG),
    ]
    own = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        command, cwd=desk, env=own, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode == wanted:
        return None
    return f"ends with {done.returncode}, not {wanted}: {done.stderr.strip()[-300:]}"


def ros2_problem(words: list[str]) -> str | None:
    """Launch files, their arguments, executables and topics are ours, or somebody else's."""
    match words:
        case ["launch", package, file, *given]:
            return launch_problem(package, file, given)
        case ["run", package, name, *_] if package == PACKAGE:
            return None if (ROOT / "scripts" / name).exists() else f"there is no executable {name}"
        case ["run", *_]:
            return None
        case ["security", verb, "keystore", *rest]:
            return security_problem(verb, rest)
        case ["topic" | "service", _, *rest]:
            page = (ROOT / "docs/reference/wire.md").read_text(encoding="utf-8")
            names = [word for word in rest if word.startswith("/")]
            unknown = [name for name in names if f"`{name.split('/', 2)[-1]}`" not in page]
            return f"nobody has {unknown}" if unknown or not names else None
    return "nobody knows how to check this command"


def security_problem(verb: str, rest: list[str]) -> str | None:
    """sros2 has the verb, and the enclave is one of a robot's policy."""
    if verb not in ("create_keystore", "create_enclave", "create_permission"):
        return f"ros2 security has no {verb}"
    known = grants(load_data(ROOT / "config/amr.yaml"))
    enclaves = [word for word in rest if word.startswith("/")]
    unknown = [name for name in enclaves if name.rpartition("/")[2] not in known]
    return f"no policy has {unknown}" if unknown else None


def launch_problem(package: str, file: str, given: list[str]) -> str | None:
    """The launch file exists and declares what it is given."""
    path = ROOT / "launch" / file
    if package != PACKAGE or not path.exists():
        return f"{package} has no launch file {file}"
    text = path.read_text(encoding="utf-8")
    declared = _declared(text)
    if "bringup.arguments(" in text:
        declared |= _declared((ROOT / PACKAGE / "nodes" / "bringup.py").read_text(encoding="utf-8"))
    unknown = [word for word in given if word.partition(":=")[0] not in declared or ":=" not in word]
    return f"{file} declares no {', '.join(unknown)}" if unknown else None


def _declared(source: str) -> set[object]:
    """Names of the launch arguments that a module declares, by its own helper or by launch's class."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    return {
        call.args[0].value
        for call in calls
        if ast.unparse(call.func).rpartition(".")[2] in ("DeclareLaunchArgument", "argument")
        if isinstance(call.args[0], ast.Constant)
    }


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def link_problems(document: Path, prose: str) -> Iterator[str]:
    """Every relative link leads somewhere, to a heading where it names one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = document.parent / name if name else document
        if not there.exists():
            yield f"link to {target}: there is no such file"
        elif anchor:
            heads = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            if anchor not in map(slug, heads):
                yield f"link to {target}: there is no such heading"


def test_problems(_document: Path, prose: str) -> Iterator[str]:
    """Every test that is named exists."""
    for file, name in re.findall(r"(test/[\w/]+\.py)(?:::(\w+))?", prose):
        path = ROOT / file
        if not path.exists():
            yield f"{file} does not exist"
        elif name and not re.search(rf"^\s*(?:async )?def {name}\(", path.read_text(encoding="utf-8"), re.M):
            yield f"{file} has no {name}"


def span_problems(_document: Path, prose: str) -> Iterator[str]:
    """Commands and files that are named in passing exist, too."""
    for span in re.findall(r"`([^`\n]+)`", prose):
        words = span.split()
        if words[:1] == ["make"] and len(words) > 1:
            problem = make_problem(words[1:])
        elif Path(words[0] if words else "").name == "iatro":
            problem = subcommand_problem(words[1:])
        else:
            problem = file_problem(span)
        if problem is not None:
            yield f"`{span}`: {problem}"


def subcommand_problem(words: list[str]) -> str | None:
    """``words`` begin with a command of iatro, whose options they use."""
    command = typer.main.get_command(app)
    while words and (below := getattr(command, "commands", None)) is not None and words[0].islower():
        if words[0] not in below:
            return f"iatro has no command {words[0]}"
        command, words = below[words[0]], words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word not in known]
    return f"no option {', '.join(unknown)}" if unknown else None


def file_problem(span: str) -> str | None:
    """A path from the root, or from the package's folder, exists."""
    first, slash, _ = span.partition("/")
    at_root = (
        bool(first and slash) and (ROOT / first).is_dir() and first not in ("out", "build", "install", "log")
    )
    in_package = span.endswith(".py") and (ROOT / PACKAGE / first).is_dir()
    if not re.fullmatch(r"[\w./-]+", span) or span.startswith((f"{PACKAGE}/msg", f"{PACKAGE}/srv")):
        return None
    if at_root and not (ROOT / span).exists() and not (in_package and (ROOT / PACKAGE / span).exists()):
        return "there is no such file"
    return "there is no such file" if in_package and not (ROOT / PACKAGE / span).exists() else None
