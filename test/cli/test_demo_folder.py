"""The demo's folder: the next run clears away what the run before it left, folders of recorded inputs, too."""

from __future__ import annotations

from pathlib import Path

from iatro_governor.cli._demo_run import _own_folder


def test_the_next_run_clears_files_and_folders_of_the_one_before(tmp_path: Path) -> None:
    kept = tmp_path / "notes.txt"
    kept.write_text("mine")
    with _own_folder(tmp_path):
        (tmp_path / "ledger.db").write_text("records")
        (tmp_path / "ledger.base.inputs").mkdir()
        (tmp_path / "ledger.base.inputs" / "journal-0").write_text("frames")
    with _own_folder(tmp_path):
        assert not list(tmp_path.glob("ledger.*"))
    assert kept.read_text() == "mine"
