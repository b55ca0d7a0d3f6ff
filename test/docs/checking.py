"""What a document says that can be checked: its commands are run, and what it names has to exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
import yaml

from iatro_governor.cli.main import app
from test.docs.commands import ON_PATH, PACKAGE, ROOT, Page, command_problem, make_problem

SHELLS = ("", "sh", "bash", "shell", "console")
PROGRAMS = (
    "make", "iatro", ".venv/bin/iatro", ".venv/bin/iatro-env", "ros2", "python", "fastdds", "export", ".", "useradd",
    "colcon", "systemctl", "ssh",
)  # fmt: skip
MACHINES = re.compile(r"/(?:work|root|home|Users|mnt)/\w")


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
    every = list(blocks(text))
    page = Page(desk, any(line.startswith(ON_PATH) for block in every for line in block.lines))
    found = [problem for block in every for problem in block_problems(block, page)]
    if MACHINES.search(text):
        found.append(f"names a path of somebody's machine: {MACHINES.findall(text)}")
    for look in (link_problems, test_problems, span_problems):
        found += look(document, outside_blocks(text))
    return found


def block_problems(block: Block, page: Page) -> Iterator[str]:
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
        if (problem := command_problem(line.removeprefix("$ "), page)) is not None:
            yield f"{line.strip()}: {problem}"


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
