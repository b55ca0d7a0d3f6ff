"""Notes while a recorder has the ledger: handed over, taken once, by the one writer, and never another's words."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, verify
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.review.note_drop import drop, drop_folder, take
from iatro_governor.review.notes import Note, annotate, notes
from test.review.conftest import PLANS, build
from test.review.oracle import incidents


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return build(tmp_path / "ledger.db", PLANS[:1])


@pytest.fixture
def key(db: Path) -> bytes:
    return read_key(key_beside(db))


@pytest.fixture
def incident(db: Path) -> int:
    with Reader(db) as reader:
        return incidents(reader)[0].id


def recorder(db: Path, key: bytes) -> Ledger:
    return Ledger.open(db, key=key, context="simulation", software_version="0")


def texts(db: Path, incident: int) -> list[str]:
    with Reader(db) as reader:
        return [one.text for one in notes(reader, incident)]


def test_a_recorder_takes_the_note_and_whoever_wrote_it_is_told(
    db: Path, key: bytes, incident: int, wait_until: Callable[..., None]
) -> None:
    found: list[Note] = []
    with recorder(db, key) as ledger:
        thread = threading.Thread(
            target=lambda: found.append(annotate(db, key, incident, "Ana", "Seen.", patience=120.0))
        )
        thread.start()
        wait_until(lambda: take(ledger, key) == [] and (not thread.is_alive() or texts(db, incident)), 60.0)
        thread.join()
    assert [(one.by, one.text, one.incident) for one in found] == [("Ana", "Seen.", incident)]
    assert annotate(db, key, incident, "Ben", "Me too.").id > found[0].id
    assert texts(db, incident) == ["Seen.", "Me too."] and verify(db, key).closed


def test_what_nobody_takes_waits_for_the_next_writer(db: Path, key: bytes, incident: int) -> None:
    with (
        recorder(db, key),
        pytest.raises(LedgerError, match=r"has not taken the note within 0.2 s.*nothing is lost"),
    ):
        annotate(db, key, incident, "Ana", "Seen.", patience=0.2)
    assert texts(db, incident) == []
    annotate(db, key, incident, "Ben", "Me too.")
    assert sorted(texts(db, incident)) == ["Me too.", "Seen."]
    assert list(drop_folder(db).iterdir()) == [] and verify(db, key).sound


def test_a_note_is_taken_once_although_its_file_came_back(db: Path, key: bytes, incident: int) -> None:
    note: dict[str, Any] = {
        "incident": incident, "by": "Ana", "text": "Seen.", "t": 1.0, "plan_id": None, "channel": "base",
    }  # fmt: skip
    file = drop_folder(db) / f"{drop(db, key, note)}.json"
    shutil.copy(file, file.with_suffix(".kept"))
    with recorder(db, key) as ledger:
        assert take(ledger, key) == [] and not file.exists()
        file.with_suffix(".kept").rename(
            file
        )  # as if the recorder had died before it could take the file away
        assert take(ledger, key) == [] and not file.exists()
    assert texts(db, incident) == ["Seen."]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("Seen", "Fine"),
        lambda text: text[: len(text) // 2],
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda _: json.dumps({"note": 3, "mac": None}),
        lambda _: "x" * 200_000,
    ],
)
def test_what_was_not_sealed_with_the_key_is_refused_and_kept_aside(
    spoil: Callable[[str], str], db: Path, key: bytes, incident: int
) -> None:
    note = {"incident": incident, "by": "Ana", "text": "Seen.", "t": 1.0, "plan_id": None, "channel": None}
    file = drop_folder(db) / f"{drop(db, key, note)}.json"
    file.write_text(spoil(file.read_text()))
    with recorder(db, key) as ledger:
        (refused,) = take(ledger, key)
        assert str(file) in refused and take(ledger, key) == []
    assert texts(db, incident) == [] and file.with_suffix(".refused").exists()
