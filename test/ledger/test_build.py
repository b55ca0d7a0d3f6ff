"""Which build wrote a journal: its first frame to the byte, and what a change to the core changes."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest

from iatro_governor.ledger import build


def test_a_preface_is_written_in_one_order() -> None:
    assert build.Build("1.2", "ab", "numpy 2").preface() == (
        b'iatro journal {"core": "ab", "format": 1, "numbers": "numpy 2", "software_version": "1.2"}'
    )


def test_a_build_is_told_by_sixteen_digits_and_by_the_python_that_is_compatible() -> None:
    made = build.this.__wrapped__()
    assert made == build.this()
    assert re.fullmatch("[0-9a-f]{16}", made.core) and made.core != hashlib.sha256().hexdigest()[:16]
    assert made.numbers.startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}, numpy ")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "limits/speed.py",
        "governor/core.py",
        "body/arm.py",
        "profile/load.py",
        "nodes/recorder.py",
    ):
        (path := tmp_path / name).parent.mkdir()
        path.write_text(f"# {name}\n")
    monkeypatch.setattr(build, "_PACKAGE", tmp_path)
    return tmp_path


def core() -> str:
    return build.this.__wrapped__().core


@pytest.mark.parametrize(
    "name", ["limits/speed.py", "governor/core.py", "body/arm.py", "profile/load.py", "body/two/new.py"]
)
def test_another_line_in_any_room_of_the_core_is_another_build(name: str, package: Path) -> None:
    before = core()
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("x = 1\n")
    assert core() != before


def test_what_a_file_is_called_is_part_of_the_build_and_other_rooms_and_files_are_not(package: Path) -> None:
    before = core()
    (package / "nodes/recorder.py").write_text("x = 1\n")
    (package / "limits/speed.txt").write_text("x = 1\n")
    assert core() == before
    (package / "limits/speed.py").rename(package / "limits/rate.py")
    assert core() != before
