"""Every command, link, test and file that a document names is tried: a document that is wrong fails the test."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

from iatro_governor.governor.decision import Action
from test.docs.checking import ROOT, Block, blocks, problems
from test.review.conftest import PLANS, build

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "QUALITY_DECLARATION.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


URDF = """<robot name="rover"><link name="base_link"><collision><geometry>
  <box size="0.5 0.4 0.2"/></geometry></collision></link></robot>"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the documents' commands are run in: what a user has after a demo, and a robot's own files."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "out" / "demo").mkdir(parents=True)
    ledger = build(
        desk / "out/demo/ledger.db", tuple(dataclasses.replace(PLANS[0], name="errand-07") for _ in "1")
    )
    for file in ledger.parent.iterdir():
        shutil.copy(file, desk / file.name)
    (desk / "config").symlink_to(ROOT / "config")
    shutil.copy(ROOT / "config/amr.yaml", desk / "robot.yaml")
    (desk / "robot.urdf").write_text(URDF)
    (desk / "events.jsonl").write_text('{"t": 0.0, "type": "tick"}\n')
    (desk / "texts.jsonl").write_text('{"id": "1", "text": "I will drive to the door."}\n')
    return desk


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_is_true(document: Path, desk: Path) -> None:
    assert problems(document, desk) == []


def test_the_commands_of_the_front_page_are_among_those_tried() -> None:
    lines = [line for block in blocks((ROOT / "README.md").read_text()) for line in block.lines]
    tried = "\n".join(lines)
    for command in ("make setup", "make demo", "iatro review list", "iatro ledger verify", "ros2 launch"):
        assert command in tried


GOOD = """# A title

    make demo TRANSCRIPTS=replies.jsonl   # takes a minute
    .venv/bin/iatro review list           # all of them
    iatro check nothing.yaml              # exit code 2: there is no such file
    ros2 launch iatro_governor governor.launch.py config:=/path/to/robot.yaml
    ros2 topic echo /amr1/governor/state

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
    document.write_text(text, encoding="utf-8")
    return document


def test_nothing_is_wrong_with_a_good_document(tmp_path: Path, desk: Path) -> None:
    assert problems(written(tmp_path, GOOD), desk) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    make tea\n", "the Makefile has no tea"),
        ("    make demo CUPS=2\n", "the Makefile has no CUPS"),
        ("    iatro review list out/other/ledger.db\n", "ends with 2, not 0"),
        ("    iatro ledger verify out/demo/ledger.db --thoroughly\n", "ends with 2, not 0"),
        ("    iatro check robot.yaml   # exit 1\n", "ends with 0, not 1"),
        ("```\niatro review show errand-99\n```\n", "ends with 2, not 0"),
        ("```sh\nbrew coffee\n```\n", "nobody knows how to check this command"),
        ("    ros2 launch iatro_governor robot.launch.py\n", "has no launch file robot.launch.py"),
        ("    ros2 launch iatro_governor governor.launch.py colour:=red\n", "declares no colour:=red"),
        ("    ros2 run iatro_governor supervisor\n", "there is no executable supervisor"),
        ("    ros2 topic echo /amr1/governor/mood\n", "nobody has ['/amr1/governor/mood']"),
        ("    python -m tools.poems\n", "there is no tools/poems.py"),
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
