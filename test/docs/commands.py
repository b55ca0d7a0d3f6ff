"""Command lines of documents, run as a reader would run them; and where those are run that this cannot run.

A line is run in a shell that knows nothing but what its page says: where the page does not say how ``iatro`` comes on
the path, there is none.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from iatro_governor.cli._sros2 import grants
from iatro_governor.profile.load import load_data
from test.conftest import PATIENCE, Process

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "iatro_governor"
ON_PATH = ". .venv/bin/activate"
"""How a page says that ``iatro`` gets onto the path."""
RUN = ("iatro", "cp", "python")
"""Programs that are run as they stand, and what sets a shell up."""
EXIT = re.compile(r"#.*\bexit (?:code )?(\d)")

CI = ".ci/run"
LAUNCH = "ros2 launch iatro_governor"
NODE = "ros2 run iatro_governor"
PLANNERS = "test/nodes/test_planner_nodes.py"
ELSEWHERE = {
    "make setup": CI,
    "make test": CI,
    "make demo": "test/nodes/test_demo.py",
    "make lint": "test/packaging/test_lint.py",
    "python -m tools.reference": "test/docs/test_reference.py",
    "python -m tools.reply_check": "test/testimony/test_reply_check.py",
    f"{LAUNCH} governor.launch.py":
        "test/launch/test_governor_launch.py::test_the_first_command_is_governed_and_all_end_well",
    f"{LAUNCH} robot_with_planner.launch.py":
        "test/launch/test_robot_with_planner_launch.py::test_a_planner_that_takes_itself_for_a_driver_meets_the_governor",
    f"{LAUNCH} gazebo.launch.py":
        "test/launch/test_gazebo_launch.py::test_a_robot_in_gazebo_is_governed_on_its_clock",
    f"{NODE} arm_plant": "test/nodes/test_arm_plant_node.py::test_it_senses_obeys_and_tells_the_truth_at_its_end",
    f"{NODE} planner_replay":
        "test/nodes/test_planner_replay.py::test_an_arms_scenario_goes_to_the_topics_of_its_channels",
    f"{NODE} planner_chat": f"{PLANNERS}::test_the_chat_planner_says_does_and_is_told_what_became_of_it",
    f"{NODE} planner_bridge": f"{PLANNERS}::test_the_bridge_says_marks_and_drives_in_this_order",
    f"{NODE} trajectory_gate":
        "test/nodes/test_trajectory_gate.py::test_a_trajectory_that_passes_succeeds_where_it_ends",
    "ros2 topic echo --qos-durability transient_local /amr1/governor/state": "test/nodes/test_wire.py",
    "ros2 topic pub --once /amr1/planner/instruction":
        f"{PLANNERS}::test_a_new_instruction_takes_the_place_of_the_old_one",
    "cp security/systemd/*": "test/security/test_systemd.py::test_systemd_finds_nothing_wrong",
}  # fmt: skip
"""How a command begins that a test runs elsewhere, or the steps of continuous integration do."""
NOT_RUN = {
    "ros2 run my_planner": "a node of the reader's",
    "ros2 security": "sros2 is not among the wheels, and they are built without security",
    "fastdds shm clean": "would take the shared memory of whatever runs beside the tests",
    "export FASTDDS_BUILTIN_TRANSPORTS=UDPv4": "says what test/security/test_two_users.py sets",
    "useradd": "changes the machine",
    "install -d -o iatro": "changes the machine",
    "printf": "writes to /etc; test/security/test_systemd.py looks at what",
    "systemctl": "changes the machine",
}
"""How a command begins that no test runs, and why not."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where commands are run. desk: the folder. ready: whether the page says how ``iatro`` gets onto the path."""

    desk: Path
    ready: bool

    def shell(self, line: str) -> list[str]:
        """The words that run ``line``."""
        line = line.replace("/path/to/", f"{self.desk}/")
        return ["/bin/bash", "-c", f"{ON_PATH} && {line}" if self.ready else line]

    @property
    def environment(self) -> dict[str, str]:
        """What a reader has, and this checkout's code."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.desk),
            "PYTHONPATH": str(ROOT),
            "IATRO_REVIEW_TOKEN": "a token of sixteen or more",
        }


def command_problem(line: str, page: Page) -> str | None:
    """What is wrong with one command line, or None."""
    words = shlex.split(line, comments=True)
    if words[0] == ".venv/bin/iatro-env":
        words = words[1:]
    told = " ".join(words)
    if (place := _beginning(told, ELSEWHERE)) is not None:
        return missing(ELSEWHERE[place]) or _named_problem(words)
    if _beginning(told, NOT_RUN) is not None:
        return _named_problem(words)
    if (words[0] != "." and Path(words[0]).name not in RUN) or "/etc/" in told:
        return "nobody knows how to check this command"
    if "review serve" in told:
        return served(line.partition("#")[0], page)
    wanted = EXIT.search(line)
    done = subprocess.run(
        page.shell(line), cwd=page.desk, env=page.environment, capture_output=True, text=True, check=False,
        timeout=60 * PATIENCE,
    )  # fmt: skip
    if done.returncode == (expected := int(wanted[1]) if wanted else 0):
        return None
    return f"ends with {done.returncode}, not {expected}: {(done.stderr or done.stdout).strip()[-300:]}"


def _beginning(told: str, table: dict[str, str]) -> str | None:
    return next((start for start in table if told == start or told.startswith(f"{start} ")), None)


def missing(where: str) -> str | None:
    """A test that runs a command has to exist."""
    file, _, name = where.partition("::")
    path = ROOT / file
    if not path.exists():
        return f"it is said to be run by {file}, which does not exist"
    text = path.read_text(encoding="utf-8")
    return (
        f"{file} has no {name}" if name and not re.search(rf"^\s*(async )?def {name}\(", text, re.M) else None
    )


def _named_problem(words: list[str]) -> str | None:
    """What is named in a command that is not run here has to exist."""
    checks: dict[str, Callable[[list[str]], str | None]] = {
        "make": make_problem, "ros2": ros2_problem, "python": python_problem,
    }  # fmt: skip
    return checks[words[0]](words[1:]) if words[0] in checks else None


def served(line: str, page: Page) -> str | None:
    """Start a page, ask it for its list (or for the list of each ledger), end it as Ctrl-C does."""
    words = page.shell(f"exec {line.strip()} --port 0")
    process = Process(words, page.environment, cwd=page.desk)
    try:
        process.wait_for("http://")
        address = re.search(r"http://[\w.:\[\]-]+", process.output)
        assert address is not None
        root = address[0].replace("0.0.0.0", "127.0.0.1")
        text = _asked(root, page)
        text += "".join(
            _asked(root + link, page) for link in re.findall(r'"step" href="(/ledgers/\d+/)"', text)
        )
    except (AssertionError, urllib.error.URLError) as error:
        return f"is not served: {error}"
    finally:
        code = process.end()
    if code != 0:
        return f"ends with {code}, not 0: {process.output[-300:]}"
    return None if "errand-07" in text else "does not show the incident that there is"


def _asked(address: str, page: Page) -> str:
    request = urllib.request.Request(
        address, headers={"Authorization": f"Bearer {page.environment['IATRO_REVIEW_TOKEN']}"}
    )
    with urllib.request.urlopen(request, timeout=20 * PATIENCE) as answer:
        return str(answer.read().decode())


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
