"""What is kept beside a ledger: clips and what stands in them, keys, an index, and which build wrote a journal."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import EventError, LedgerError
from iatro_governor.ledger import Ledger, Record, build
from iatro_governor.ledger.accounts import SUMMED, merged
from iatro_governor.ledger.aside import forget, index_path
from iatro_governor.ledger.clips import LONGEST_S, Buffer, Message, Topic, check, write
from iatro_governor.ledger.keeping import Keeping, maintain, thin_out
from iatro_governor.ledger.keys import create_key
from iatro_governor.ledger.padding import missing_bytes, padded
from iatro_governor.ledger.ring import _ENTRY, Ring
from iatro_governor.ledger.standing import MOST_BYTES, MOST_KEYS, Standing
from iatro_governor.ledger.store import explain

WORDS = Topic("words", "std_msgs/msg/String", "string data")
MORE = Topic("more", "std_msgs/msg/String", "string data")
FRAMES = Topic("/tf_static", "tf2_msgs/msg/TFMessage", "", latched=True)


def said(t: float, topic: Topic = WORDS, data: bytes = b"x", key: str = "") -> Message:
    return Message(t, topic, data, key)


def test_incidents_that_follow_each_other_share_a_clip_that_names_each_cause_once() -> None:
    buffer = Buffer(10.0, 5.0)
    buffer.trigger(20.0, "stop")
    buffer.trigger(22.0, "stop")
    buffer.trigger(23.0, "collision")
    assert buffer.finished(27.9) is None
    found = buffer.finished(28.0)
    assert found is not None and (found[0].begin, found[0].end, found[0].causes) == (
        10.0,
        28.0,
        ["stop", "collision"],
    )
    assert buffer.finished(99.0) is None
    for t in range(100, 200, 4):
        buffer.trigger(float(t), "stop")
    ended = buffer.finished(0.0, at_once=True)
    assert ended is not None and ended[0].end == ended[0].begin + LONGEST_S


def test_a_clip_holds_what_stood_before_it_began_and_what_came_within_it() -> None:
    buffer = Buffer(2.0, 1.0)
    for message in (said(0.0, FRAMES, b"old"), said(7.5, FRAMES, b"new"), said(7.6), said(9.0)):
        buffer.add(message)
    buffer.trigger(10.0, "stop")
    buffer.add(said(11.0))
    buffer.add(said(11.5))
    found = buffer.finished(12.0)
    assert found is not None
    assert [(one.t, one.data) for one in found[1]] == [(7.5, b"new"), (9.0, b"x"), (11.0, b"x")]


def test_what_is_still_held_from_before_a_clip_stands_in_it_and_nothing_else_of_then() -> None:
    buffer = Buffer(2.0, 1.0)
    for message in (said(7.2, FRAMES, b"old"), said(7.5, FRAMES, b"new"), said(7.6), said(9.0)):
        buffer.add(message)
    buffer.trigger(10.0, "stop")
    found = buffer.finished(10.0, at_once=True)
    assert found is not None and [(one.t, one.data) for one in found[1]] == [(7.5, b"new"), (9.0, b"x")]
    assert buffer.finished(99.0) is None


def test_a_clip_whose_end_says_nothing_of_it_was_cut(tmp_path: Path) -> None:
    writer_of = pytest.importorskip("mcap.writer", reason="mcap is not installed").Writer
    with (path := tmp_path / "a.mcap").open("wb") as file:
        writer = writer_of(file, use_statistics=False)
        writer.start()
        writer.finish()
    with pytest.raises(LedgerError, match="has no summary: it was cut"):
        check(path)


def test_topics_of_one_type_share_its_definition_and_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    pytest.importorskip("mcap", reason="mcap is not installed")
    path = tmp_path / "clips" / "a.mcap"
    write(path, [said(0.0), said(0.1, MORE)], {"causes": "stop"})
    assert check(path) == 2
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerError, match="the clip cannot be written"):
        write(tmp_path / "file" / "a.mcap", [], {})


def test_of_those_who_speak_on_a_topic_the_oldest_go_when_there_are_too_many_or_they_take_too_much() -> None:
    standing = Standing()
    for k in range(MOST_KEYS + 3):
        standing.take(said(float(k), FRAMES, key=str(k)))
    assert [one.t for one in standing] == [float(k) for k in range(3, MOST_KEYS + 3)]
    other = standing.copy()
    other.take(said(999.0, FRAMES, bytes(MOST_BYTES + 1), "loud"))
    assert [one.key for one in other] == ["loud"] and len(list(standing)) == MOST_KEYS, (
        "a copy is another one"
    )


def test_the_oldest_clips_go_but_for_those_that_are_being_written(tmp_path: Path) -> None:
    for k in range(4):
        path = tmp_path / f"{k}.mcap"
        path.write_bytes(bytes(1_000_000))
        os.utime(path, (k, k))
    gone = thin_out(tmp_path, 2.0, [tmp_path / "0.mcap"])
    assert [path.name for path in gone] == ["1.mcap", "2.mcap"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.mcap", "3.mcap"]
    assert thin_out(tmp_path, 0.5, [tmp_path / "0.mcap", tmp_path / "3.mcap"]) == [], (
        "what is written stays, even so"
    )


def test_where_nothing_bounds_what_is_kept_nothing_goes(
    tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    with open_ledger() as ledger:
        ledger.append([Record("decision", "ring", 0, 0.0, None, None, {"seq": 0})])
        assert ledger.seal()
        for unbounded in (Keeping(), Keeping(retain_days=1e6)):
            assert maintain(ledger, unbounded, 9e9, held=True) == []
        assert any("retired" in done for done in maintain(ledger, Keeping(retain_days=1.0), 9e9, held=True))


def test_an_index_forgets_the_incidents_that_were_retired_and_one_that_is_none_is_left(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "ledger.db"
    assert index_path(ledger) == tmp_path / "ledger.index.db"
    forget(ledger, 5)
    assert not index_path(ledger).exists()
    with closing(sqlite3.connect(index_path(ledger))) as db, db:
        db.execute("CREATE TABLE incident (id INTEGER PRIMARY KEY, words TEXT)")
        db.executemany("INSERT INTO incident VALUES (?, ?)", [(k, f"secret {k}") for k in range(1, 9)])
    forget(ledger, 5)
    with closing(sqlite3.connect(index_path(ledger))) as db:
        assert [row[0] for row in db.execute("SELECT id FROM incident ORDER BY id")] == [6, 7, 8]
    assert b"secret 5" not in index_path(ledger).read_bytes()
    index_path(ledger).write_bytes(b"no database")
    forget(ledger, 9)
    assert index_path(ledger).read_bytes() == b"no database"


def facts(**changed: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(SUMMED, 0) | {"unjudged": [], "judged": []}
    return nothing | {"shared": {"attributed": [], "unattributed": []}} | changed


def test_what_two_retired_pieces_have_in_common_counts_once_and_the_rest_of_the_earlier_is_settled() -> None:
    earlier = facts(shared={"attributed": [[["ring", 3], 7], [["ring", 4], 2]], "unattributed": []})
    later = facts(shared={"attributed": [[["ring", 4], 5], [["ring", 9], 1]], "unattributed": []})
    whole = merged(earlier, later)
    assert whole["attributed"] == 7
    assert sorted(whole["shared"]["attributed"]) == [[["ring", 4], 5], [["ring", 9], 1]]


def test_what_was_judged_in_the_other_piece_is_unjudged_no_more() -> None:
    whole = merged(facts(unjudged=[["w", 1], ["w", 2]]), facts(judged=[["w", 2], ["w", 5]]))
    assert whole["unjudged"] == [("w", 1)] and whole["judged"] == [("w", 5)]


def test_a_ring_goes_on_where_the_ledger_is_and_never_goes_back(tmp_path: Path) -> None:
    ring = Ring.open(tmp_path / "ring", 4096)
    ring.skip_to(9)
    ring.skip_to(4)
    assert ring.next_number == 9
    ring.append(9, b"nine")
    ring.sync()
    ring.close()
    ring.close()
    with Ring.open(tmp_path / "ring") as again:
        assert again.next_number == 10
        again.skip_to(3)
        assert again.next_number == 10


def test_a_key_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the key cannot be written"):
        create_key(tmp_path / "nowhere" / "key")


def test_of_what_cannot_be_read_nothing_is_missing_and_a_copy_that_cannot_be_made_is_told(
    tmp_path: Path, closed_ledger: Path
) -> None:
    assert missing_bytes(tmp_path / "none") == 0
    whole = closed_ledger.read_bytes()
    (cut := tmp_path / "cut.db").write_bytes(whole[:-4096])
    assert missing_bytes(cut) == 4096
    with padded(cut, tmp_path) as (copy, lacking):
        assert (
            lacking == 4096
            and copy.stat().st_size == len(whole)
            and copy.read_bytes()[:-4096] == whole[:-4096]
        )
    assert not copy.exists()
    cut.rename(folder := tmp_path / "taken")
    (tmp_path / "taken-wal").mkdir()
    with padded(folder, tmp_path) as (copy, lacking):
        assert lacking == 4096, "what is no file beside it is not copied"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file is not a database", "not a SQLite file"),
        ("database disk image is malformed", "damaged"),
        ("database or disk is full", "free space"),
        ("disk I/O error", "free space"),
        ("unable to open database file", "permissions"),
        ("attempt to write a readonly database", "permissions"),
        ("no such table: record", "no such table: record"),
    ],
)
def test_an_error_of_the_file_says_what_to_do(text: str, told: str) -> None:
    assert told in explain(sqlite3.OperationalError(text))


def test_a_preface_comes_back_and_one_of_a_later_format_says_who_wrote_it() -> None:
    made = build.Build("1.2", "abcd", "numpy 2")
    assert build.Build.of(made.preface()) == made and str(made) == "iatro 1.2, core abcd"
    later = build.Build("9.9", "ef", "numpy 3", build.FORMAT + 1).preface()
    with pytest.raises(EventError, match=r"format 2 of a journal, by iatro 9\.9, core ef \(allowed: 1\)"):
        build.Build.of(later)


@pytest.mark.parametrize(
    "said", [b"", b"iatro journal {", b'iatro journal {"format": 1}', b"iatro journal [1]"]
)
def test_what_is_no_preface_is_told(said: bytes) -> None:
    with pytest.raises(EventError, match="no preface of a journal"):
        build.Build.of(said)


def test_a_part_that_is_not_installed_is_none_of_what_computes() -> None:
    assert (
        build._version("no-such-part-of-anything") == "none"
        and build._version("numpy") in build.this().numbers
    )


def test_a_ring_that_is_full_to_its_last_byte_is_found_again_whole_and_once(tmp_path: Path) -> None:
    """The place after its last entry is that of its first: it is not to be read a second time."""
    with Ring.open(tmp_path / "ring", 4096) as ring:
        payload = bytes(512 - _ENTRY.size)
        stored = [ring.append(number, payload) for number in range(9)]
    assert stored == [True] * 8 + [False]
    with Ring.open(tmp_path / "ring") as again:
        assert [number for number, _ in again.unacknowledged()] == list(range(8)) and again.next_number == 9
        again.acknowledge(1)
        assert again.append(9, payload) and not again.append(10, payload)


@pytest.mark.parametrize("left", [8, 16, 24])
def test_a_ring_whose_end_has_no_room_for_an_entry_is_read_no_further(tmp_path: Path, left: int) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        assert all(ring.append(number, bytes(512 - _ENTRY.size)) for number in range(7))
        assert ring.append(7, bytes(512 - _ENTRY.size - left))
    with Ring.open(tmp_path / "ring") as again:
        assert [number for number, _ in again.unacknowledged()] == list(range(8)) and again.gaps() == []
