"""``iatro ledger verify --clips``: a clip is what the chain says, or it is said what has become of it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.ledger import app
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.clips import Message, Topic, write
from iatro_governor.ledger.keys import create_key, key_beside, read_key

pytest.importorskip("mcap", reason="mcap is not installed")
WORDS = Topic("words", "std_msgs/msg/String", "string data")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of four clips; the last one's record does not say how long it is, as those of before did not."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path, key=create_key(key_beside(path)), context="field", software_version="0") as one:
        for number in range(4):
            clip = tmp_path / "ledger.clips" / f"{number}.mcap"
            write(clip, [Message(float(n), WORDS, bytes(100)) for n in range(50)], {"causes": str(number)})
            body = {
                "file": f"ledger.clips/{clip.name}", "sha256": hashlib.sha256(clip.read_bytes()).hexdigest(),
                "begin": 0.0, "end": 50.0, "causes": [], "messages": 50,
                **({"bytes": clip.stat().st_size} if number < 3 else {}),
            }  # fmt: skip
            one.append([Record("clip", "recorder", number, 0.0, None, None, body)])
    return path


def key_of(ledger: Path) -> bytes:
    return read_key(key_beside(ledger))


def verified(ledger: Path, *more: str) -> tuple[Result, dict[str, Any]]:
    result = CliRunner().invoke(app, ["verify", str(ledger), "--clips", *more])
    return result, json.loads(result.stdout)


def states(document: dict[str, Any]) -> list[str]:
    return [one["state"] for one in document["clips"]]


def test_clips_as_recorded_are_fine(ledger: Path) -> None:
    result, document = verified(ledger)
    assert (result.exit_code, states(document), document["clips_fine"]) == (0, ["fine"] * 4, True)
    assert "4 clips, 4 fine" in result.stderr


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content[:200] + bytes([content[200] ^ 1]) + content[201:]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("state", "damage"),
    [
        ("cut", half),
        ("cut", lambda content: content[:-1]),
        ("cut", lambda _: b""),
        ("altered", flipped),
        ("altered", lambda content: content.replace(b"causes", b"cauSes")),
    ],
)
def test_what_is_wrong_with_one_is_said_of_that_one(
    state: str, damage: Callable[[bytes], bytes], number: int, ledger: Path
) -> None:
    clip = ledger.parent / "ledger.clips" / f"{number}.mcap"
    clip.write_bytes(damage(clip.read_bytes()))
    result, document = verified(ledger)
    expected = ["fine"] * 4
    expected[number] = state
    assert (result.exit_code, states(document)) == (1, expected)
    assert document["sound"] is True and document["clips_fine"] is False
    assert f"clip {number + 2} {state}: {clip}" in result.stderr
    assert CliRunner().invoke(app, ["verify", str(ledger)]).exit_code == 0


def test_another_whole_clip_in_its_place_is_altered_and_a_missing_one_gone(ledger: Path) -> None:
    folder = ledger.parent / "ledger.clips"
    write(folder / "1.mcap", [Message(0.0, WORDS, b"another")], {})
    (folder / "2.mcap").unlink()
    result, document = verified(ledger)
    assert (result.exit_code, states(document)) == (1, ["fine", "altered", "gone", "fine"])


def test_one_that_went_for_want_of_room_is_no_loss_where_a_later_record_says_so(ledger: Path) -> None:
    folder = ledger.parent / "ledger.clips"
    newest = folder / "4.mcap"
    write(newest, [Message(0.0, WORDS, b"newest")], {})
    body = {"file": f"ledger.clips/{newest.name}", "sha256": hashlib.sha256(newest.read_bytes()).hexdigest()}
    with Ledger.open(ledger, key=key_of(ledger), context="field", software_version="0") as one:
        one.append([Record("clip", "recorder", 4, 0.0, None, None, body | {"cleared": ["0.mcap", "1.mcap"]})])
    for name in ("0.mcap", "1.mcap"):
        (folder / name).unlink()
    result, document = verified(ledger)
    assert (result.exit_code, states(document)) == (0, ["cleared", "cleared", "fine", "fine", "fine"])
    assert "clips_mb" in result.stderr
    (folder / "2.mcap").unlink()
    result, document = verified(ledger)
    assert (result.exit_code, states(document)[2]) == (1, "gone")


def test_a_clip_that_no_record_knows_is_named_and_harms_nothing(ledger: Path) -> None:
    strange = ledger.parent / "ledger.clips" / "9.mcap"
    strange.write_bytes(b"anything")
    result, document = verified(ledger)
    assert (result.exit_code, document["clips_unknown"]) == (0, [str(strange)])
    assert f"no record knows {strange}" in result.stderr


def test_a_hash_that_the_chain_does_not_hold_vouches_for_nothing(ledger: Path) -> None:
    """Whoever changes a clip and its record is found by the chain."""
    clip = ledger.parent / "ledger.clips" / "1.mcap"
    before = hashlib.sha256(clip.read_bytes()).hexdigest()
    clip.write_bytes(flipped(clip.read_bytes()))
    after = hashlib.sha256(clip.read_bytes()).hexdigest()
    with closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        db.execute("UPDATE record SET body = replace(body, ?, ?)", (before, after))
    result, document = verified(ledger)
    assert (result.exit_code, document["first_bad"]) == (1, 3)
    assert states(document) == ["fine"]
    assert "records from 3 on are not judged" in result.stderr


def test_no_ledger_is_still_exit_2(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("text")
    assert verified(tmp_path / "text.db")[0].exit_code == 2
    assert verified(tmp_path / "absent.db")[0].exit_code == 2
