"""Every command, link, test and file that a document names is tried: a document that is wrong fails the test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from iatro_governor.governor.decision import Action
from test.body.arm.conftest import robots_folder
from test.docs.checking import Block, blocks, problems
from test.docs.commands import ELSEWHERE, NOT_RUN, ROOT, missing

DOCUMENTS = [
    *(ROOT / f"{name}.md" for name in ("CONTRIBUTING", "CHANGELOG", "QUALITY_DECLARATION", "SECURITY")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_is_true(document: Path, desk: Path) -> None:
    assert problems(document, desk) == []


def lines_of(document: Path) -> list[str]:
    """Every command of a document, as it is written."""
    found = blocks(document.read_text(encoding="utf-8"))
    return [line for block in found if block.language in (None, "text") for line in block.lines]


def test_the_front_page_alone_leads_from_a_description_to_an_exported_incident(desk: Path) -> None:
    """A new user's way: demo, an incident read, decided again and exported; a profile made, checked and governed."""
    if robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    page = ROOT / "README.md"
    there = "\n".join(lines_of(page))
    for step in (
        "make setup", "make demo", "activate", "review list", "review show", "replay", "review export", "ledger verify",
        "init", "check ur10.yaml", "govern", "ros2 launch",
    ):  # fmt: skip
        assert step in there
    assert problems(page, desk) == []
    decisions = [json.loads(line) for line in (desk / "out/decisions.jsonl").read_text().splitlines()]
    asked = max(one["requested"][0] for one in decisions if one["requested"])
    allowed = max(one["allowed"][0] for one in decisions)
    assert asked == 4.0 and 0.0 < allowed <= 1.08
    assert "joint_speed" in {limit["name"] for one in decisions for limit in one["limits"]}
    rows = duckdb.execute(
        "SELECT plan_id, verdict FROM read_parquet(?)", [str(desk / "out/incidents.parquet")]
    )
    assert rows.fetchall() == [("errand-07", "PARTIAL")]


def test_the_front_page_links_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")}
    assert pages - set(re.findall(r"\]\(([\w./-]+)", text)) == set()


def test_no_table_of_commands_names_one_that_nobody_writes() -> None:
    written = [line.removeprefix(".venv/bin/iatro-env ") for page in (ROOT / "README.md", *DOCUMENTS)
               for line in lines_of(page)]  # fmt: skip
    told = [" ".join(line.split()).replace("'", "") for line in written]
    for start in (*ELSEWHERE, *NOT_RUN):
        assert any(line.startswith(start) for line in told), start


@pytest.mark.parametrize("where", ELSEWHERE.values())
def test_what_runs_a_command_elsewhere_is_there(where: str) -> None:
    assert missing(where) is None


def test_what_does_not_run_it_is_told() -> None:
    assert missing("test/docs/test_dreams.py") is not None
    assert missing("test/docs/test_documents.py::test_it_all") is not None


PATH = "    . .venv/bin/activate\n\nThen:\n\n"
GOOD = """# A title

    make demo TRANSCRIPTS=replies.jsonl   # takes a minute
    .venv/bin/iatro review list           # all of them
    iatro check nothing.yaml              # exit code 2: there is no such file
    ros2 launch iatro_governor governor.launch.py config:=/path/to/robot.yaml
    ros2 topic echo --qos-durability transient_local /amr1/governor/state

Then [read on](#a-title), see `governor/ladder.py`, `test/docs/` and `iatro ledger verify DB`.
Held by `test/docs/test_documents.py::test_a_document_is_true`.

```yaml
margin: 0.1
```

Not a command:

    clearance >= margin
"""


def written(folder: Path, text: str) -> Path:
    document = folder / "made_up.md"
    document.write_text(f"{PATH}{text}", encoding="utf-8")
    return document


def test_nothing_is_wrong_with_a_good_document(tmp_path: Path, desk: Path) -> None:
    assert problems(written(tmp_path, GOOD), desk) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    make tea\n", "nobody knows how to check this command"),
        ("    make docs CUPS=2\n", "nobody knows how to check this command"),
        ("    make demo CUPS=2\n", "the Makefile has no CUPS"),
        ("    iatro review list out/other/ledger.db\n", "ends with 2, not 0"),
        ("    iatro ledger verify out/demo/ledger.db --thoroughly\n", "ends with 2, not 0"),
        ("    iatro check robot.yaml   # exit 1\n", "ends with 0, not 1"),
        ("```\niatro review show errand-99\n```\n", "ends with 2, not 0"),
        ("```sh\nbrew coffee\n```\n", "nobody knows how to check this command"),
        ("    ros2 launch iatro_governor robot.launch.py\n", "nobody knows how to check this command"),
        ("    ros2 launch iatro_governor governor.launch.py colour:=red\n", "declares no colour:=red"),
        ("    ros2 run iatro_governor supervisor\n", "nobody knows how to check this command"),
        ("    ros2 topic echo /amr1/governor/mood\n", "nobody knows how to check this command"),
        ("    python -m tools.poems\n", "No module named tools.poems"),
        ("    iatro trial run --scenarios nowhere --out out/t\n", "ends with 2, not 0"),
        ("    iatro review serve out/other/ledger.db\n", "is not served"),
        ("See [this](nowhere.md).\n", "there is no such file"),
        ("# One\n\nSee [two](#two).\n", "there is no such heading"),
        ("Held by `test/docs/test_documents.py::test_it_all`.\n", "has no test_it_all"),
        ("Held by test/docs/test_dreams.py.\n", "test/docs/test_dreams.py does not exist"),
        ("Run `make tea`.\n", "the Makefile has no tea"),
        ("Run `iatro brew FILE`.\n", "iatro has no command brew"),
        ("Run `iatro ledger verify --thoroughly`.\n", "no option --thoroughly"),
        ("See `governor/nothing.py`.\n", "there is no such file"),
        ("See `config/nothing.yaml`.\n", "there is no such file"),
        ("It is in /" + "home/somebody/project.\n", "somebody's machine"),
        ("```yaml\na: [1\n```\n", "a block of yaml cannot be read"),
    ],
)
def test_what_is_wrong_is_found(text: str, why: str, tmp_path: Path, desk: Path) -> None:
    (found,) = problems(written(tmp_path, text), desk)
    assert why in found


def test_iatro_is_not_found_where_a_page_does_not_say_how(tmp_path: Path, desk: Path) -> None:
    document = tmp_path / "made_up.md"
    document.write_text("    iatro check robot.yaml\n", encoding="utf-8")
    (found,) = problems(document, desk)
    assert "iatro" in found and "ends with 127" in found


def test_prose_under_a_list_is_no_block() -> None:
    assert list(blocks("- one\n  two\n\ntext\n    more text\n")) == []
    assert list(blocks("text\n\n    make\n    test\n")) == [Block(None, ["make", "test"])]


def test_the_glossary_names_the_actions_as_the_governor_does() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    row = re.search(r"^\| action \| (.*?) \|$", text, re.MULTILINE)
    assert row is not None
    assert row[1].partition(": ")[2].split(", ") == [action.value for action in Action]


def test_the_invariant_names_its_tests() -> None:
    text = (ROOT / "docs/explanation/invariant.md").read_text(encoding="utf-8")
    assert len(re.findall(r"`test/[\w/]+\.py::\w+`", text)) >= 10
