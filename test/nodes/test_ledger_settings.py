"""The ledger's settings file, good and bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.keys import create_key, key_beside
from iatro_governor.nodes.ledger_settings import missing, read


def test_without_a_file_everything_is_beside_it_and_the_context_is_the_field(tmp_path: Path) -> None:
    chosen = read(tmp_path / "ledger.yaml", None)
    assert chosen.path == tmp_path / "ledger.db" and chosen.context == "field"
    assert chosen.new_key == key_beside(chosen.path) and len(chosen.key) == 32


def test_a_key_that_is_there_is_used_again(tmp_path: Path) -> None:
    first, second = read(tmp_path / "a.yaml", None), read(tmp_path / "a.yaml", None)
    assert second.key == first.key and second.new_key is None


def test_a_ledger_without_its_key_gets_no_new_one(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"something")
    with pytest.raises(LedgerError, match="no key for"):
        read(tmp_path / "ledger.yaml", None)
    assert not key_beside(tmp_path / "ledger.db").exists()


def test_paths_count_from_the_file_and_the_named_key_wins(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    key = create_key(tmp_path / "keys" / "k")
    file = tmp_path / "ledger.yaml"
    file.write_text("path: data/run.db\ncontext: evaluation\nkey: keys/k\n")
    chosen = read(file, "ab" * 32)
    assert (chosen.path, chosen.context, chosen.key) == (tmp_path / "data/run.db", "evaluation", key)


def test_the_environment_comes_before_the_file_beside_the_ledger(tmp_path: Path) -> None:
    assert read(tmp_path / "ledger.yaml", "ab" * 32).key == bytes.fromhex("ab" * 32)
    assert not key_beside(tmp_path / "ledger.db").exists()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("context: lab\n", r"ledger.yaml: context: .*given: 'lab'"),
        ("contxt: field\n", "contxt"),
        ("[1, 2]\n", "ledger.yaml"),
        ("path: {\n", "cannot be read"),
        ("path: [1]\n", "path"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_key(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "ledger.yaml"
    file.write_text(text)
    with pytest.raises(LedgerError, match=named):
        read(file, None)


def test_what_is_kept_and_where_anchors_go(tmp_path: Path) -> None:
    file = tmp_path / "ledger.yaml"
    file.write_text(
        "keep: {segment_mb: 100, retain_days: 90, clips_mb: 50}\nanchor: {command: [logger, -t, anchors], every_s: 5}\n"
    )
    chosen = read(file, "ab" * 32)
    keeping = chosen.keeping
    assert (keeping.segment_mb, keeping.retain_days, keeping.retain_records, keeping.clips_mb) == (
        100,
        90,
        None,
        50,
    )
    assert (chosen.anchor_command, chosen.anchor_every_s) == (("logger", "-t", "anchors"), 5.0)
    for text in (
        "keep: {segment_mb: 0}",
        "keep: {retain_days: .nan}",
        "keep: {forever: true}",
        "anchor: {command: x}",
    ):
        file.write_text(text)
        with pytest.raises(LedgerError, match=r"ledger\.yaml"):
            read(file, "ab" * 32)


def test_settings_that_were_named_and_are_not_there_are_told(tmp_path: Path) -> None:
    """A slip in the name would record a simulation as the field's, in another place."""
    file = tmp_path / "legder.yaml"
    assert f"there is no settings file {file}" in missing(file, str(file))
    assert str(tmp_path / "ledger.db") in missing(file, str(file))
    assert missing(file, "") == ""
    file.write_text("context: simulation\n")
    assert missing(file, str(file)) == ""


@pytest.mark.parametrize("path", ["file/ledger.db", "n" * 300 + "/ledger.db"])
def test_a_ledger_that_cannot_be_reached_is_told(tmp_path: Path, path: str) -> None:
    """Where a folder is wanted there is a file, or a name longer than any may be."""
    (tmp_path / "file").write_text("")
    file = tmp_path / "ledger.yaml"
    file.write_text(f"path: {path}\n")
    with pytest.raises(LedgerError, match=r"ledger\.db: cannot be reached: "):
        read(file, None)
