"""What the tutorial has its reader run by hand does what it says."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

from test.conftest import PATIENCE
from test.docs.checking import blocks
from test.docs.commands import ON_PATH, ROOT, Page

PAGE = ROOT / "docs/tutorial/first_robot.md"
TOP_SPEED = 0.8


def script(change: tuple[str, str] = ("", "")) -> str:
    (found,) = (block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.language == "python")
    text = "\n".join(found.lines)
    assert change[0] in text
    return text.replace(*change) if change[0] else text


def decisions(text: str, desk: Path) -> Any:
    """What the script is told, put into a file and run as the page says, in a shell that knows what the page says."""
    page = PAGE.read_text(encoding="utf-8")
    assert ON_PATH in page and "`python by_hand.py`" in page
    keep = "\nimport pathlib\npathlib.Path('decisions.json').write_text(json.dumps(decisions))\n"
    (desk / "by_hand.py").write_text(text + keep, encoding="utf-8")
    shell = Page(desk, ready=True)
    done = subprocess.run(
        shell.shell("python by_hand.py"), cwd=desk, env=shell.environment, capture_output=True, text=True,
        check=False, timeout=60 * PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0 and "m/s" in done.stdout, done.stderr
    return json.loads((desk / "decisions.json").read_text(encoding="utf-8"))


def test_no_line_is_faster_than_the_profile_allows(desk: Path) -> None:
    done = decisions(script(), desk)
    speeds = [one["allowed"][0] for one in done]
    assert (
        0.0 < max(speeds) <= TOP_SPEED and max(one["requested"][0] for one in done if one["requested"]) == 3.0
    )


def test_what_is_no_number_stops_it(desk: Path) -> None:
    done = decisions(script(("[3.0,", "[math.nan,")).replace("import json", "import json, math", 1), desk)
    assert not any(value for one in done for value in one["allowed"]) and math.isfinite(done[0]["allowed"][0])
    assert any(fault["name"] == "command_malformed" for one in done for fault in one["faults"])


def test_a_statement_changes_nothing_at_all(desk: Path) -> None:
    command = '{"t": t, "type": "command"'
    words = '{"t": t, "type": "statement", "plan_id": "a", "text": "I am very careful."},\n        '
    with_words = decisions(script((command, words + command)), desk)
    assert json.dumps(with_words) == json.dumps(decisions(script(), desk))
