"""Damaged ledgers: everything that the chain vouches for is had again, and what is lost is named."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.ledger import app
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, segments, verify
from iatro_governor.ledger.record import canonical
from iatro_governor.ledger.recovery import Recovered, recover
from test.ledger.conftest import KEY, decision

Open = Callable[..., Ledger]
Make = Callable[..., Record]
RECORDS = 62


@pytest.fixture
def recovered(tmp_path: Path, key: bytes) -> Callable[[Path], Recovered]:
    return lambda path: recover(path, tmp_path / "out" / "ledger.db", key, software_version="0")


@pytest.fixture(autouse=True)
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "ledger.db"


def ids(path: Path) -> list[int]:
    with Reader(path) as reader:
        return [record.id for record in reader.records()]


def test_nothing_is_lost_of_a_whole_ledger(
    closed_ledger: Path, recovered: Callable[[Path], Recovered], out: Path, key: bytes
) -> None:
    found = recovered(closed_ledger)
    assert (found.records, found.lost) == (RECORDS, [])
    assert verify(out, key).sound
    assert ids(out)[:RECORDS] == list(range(1, RECORDS + 1))


def test_gaps_and_a_lost_tail_are_named_and_the_ledger_goes_on(
    closed_ledger: Path, recovered: Callable[[Path], Recovered], out: Path, key: bytes, make_decision: Make
) -> None:
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE id BETWEEN 20 AND 23 OR id > 50")
        db.execute("UPDATE record SET body = '{}' WHERE id = 40")
    assert not verify(closed_ledger, key).sound
    found = recovered(closed_ledger)
    # 24 is there, but without the mac of 23, which no anchor has either, nothing vouches for it.
    assert found.lost == [[20, 24], [40, 40], [51, 62]]
    verified = verify(out, key)
    assert verified.sound, verified.problem
    assert len([note for note in verified.notes if "lost with a damaged file" in note]) == 3
    accounts = reconcile(out)
    assert accounts["gone"] == 18
    assert not accounts["sound"]
    assert accounts["missing"]["record/id"] == found.lost
    with Ledger.open(out, key=key, context="c", software_version="v") as ledger:
        assert ledger.next_expected("decision", "ring") == 18
        ledger.append([make_decision(18)])
    assert verify(out, key).sound


def test_bytes_that_flip_lose_no_more_than_they_touch(
    closed_ledger: Path, out: Path, key: bytes, tmp_path: Path
) -> None:
    content, rng = closed_ledger.read_bytes(), random.Random(5)
    for turn in range(12):
        damaged = tmp_path / f"damaged{turn}.db"
        place = rng.randrange(4096 * 2, len(content) - 4096)
        damaged.write_bytes(content[:place] + rng.randbytes(64) + content[place + 64 :])
        shutil.copy(f"{closed_ledger}.anchors", f"{damaged}.anchors")
        target = out.with_name(f"{turn}.db")
        found = recover(damaged, target, key, software_version="0")
        lost = sum(last - first + 1 for first, last in found.lost)
        assert found.records + lost == RECORDS
        verified = verify(target, key)
        assert verified.sound, verified.problem


PAGE = 4096


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger of 400 decisions, some of which are longer than a page."""
    path = tmp_path_factory.mktemp("long") / "ledger.db"
    with Ledger.open(path, key=KEY, context="simulation", software_version="0") as ledger:
        for first in range(0, 400, 8):
            ledger.append([decision(n, note="x" * (9000 * (n % 50 == 49))) for n in range(first, first + 8)])
    return path


def cuts() -> list[float]:
    """Shares of a file that are left: whole pages, parts of pages, and nearly all of it."""
    rng = random.Random(11)
    return [0.0, 0.02, *(rng.random() for _ in range(14)), 0.5, 0.97, 0.999]


@pytest.mark.parametrize("inside", [0, 1, 2000, PAGE - 1])
def test_of_a_file_that_was_cut_everything_before_the_cut_is_had(long: Path, out: Path, inside: int) -> None:
    content = long.read_bytes()
    with Reader(long) as reader:
        every = [(n.id, canonical(n.body).encode() + (reader.mac_of(n.id) or b"")) for n in reader.records()]
    for turn, share in enumerate(cuts()):
        size = min(int(share * len(content)) // PAGE * PAGE + inside, len(content) - 1)
        damaged, target = out.with_name(f"cut{turn}.db"), out.with_name(f"out{turn}.db")
        damaged.write_bytes(content[:size])
        shutil.copy(f"{long}.anchors", f"{damaged}.anchors")
        kept = {number for number, body in every if len(body) < PAGE // 2 and body in content[:size]}
        if not kept:
            with pytest.raises(LedgerError, match="no record of it can be read"):
                recover(damaged, target, KEY, software_version="0")
            continue
        found = recover(damaged, target, KEY, software_version="0")
        lost = {n for first, last in found.lost for n in range(first, last + 1)}
        assert found.records + len(lost) == len(every)
        # Of one whose predecessor is gone there is no mac to check it by.
        assert lost & kept <= {number + 1 for number in lost - kept}
        assert found.missing_bytes == len(content) - size
        assert verify(target, KEY).sound
        assert damaged.read_bytes() == content[:size]
    assert not [path for path in out.parent.iterdir() if path.is_dir()]


@pytest.mark.parametrize("gone", [1, PAGE, 100_000])
def test_the_command_says_how_much_of_a_file_is_missing(long: Path, out: Path, gone: int) -> None:
    damaged = out.with_name("cut.db")
    damaged.write_bytes(long.read_bytes()[:-gone])
    shutil.copy(f"{long}.anchors", f"{damaged}.anchors")
    key = out.with_name("key")
    key.write_text(KEY.hex())
    result = CliRunner().invoke(app, ["recover", str(damaged), "--key", str(key)])
    found = json.loads(result.stdout)
    assert found["missing_bytes"] == gone
    assert result.exit_code == (1 if found["lost"] else 0)
    assert f"{gone} bytes are missing at the end" in result.stderr
    assert found["records"] > 100


def test_a_sealed_file_that_is_gone_is_a_gap(
    open_ledger: Open,
    make_decision: Make,
    recovered: Callable[[Path], Recovered],
    tmp_path: Path,
    key: bytes,
    out: Path,
) -> None:
    path = tmp_path / "ledger.db"
    with open_ledger() as ledger:
        for number in range(3):
            ledger.append([make_decision(number)])
            assert ledger.seal() or number == 2
    segments.sealed(path)[1].write_bytes(b"gone" * 1000)
    found = recovered(path)
    assert found.lost == [[3, 4]]
    assert verify(out, key).sound


def test_a_forged_record_is_never_copied(
    closed_ledger: Path, recovered: Callable[[Path], Recovered], out: Path
) -> None:
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("UPDATE record SET body = '{\"forged\":1}', mac = randomblob(32) WHERE id IN (30, 31, 62)")
    found = recovered(closed_ledger)
    assert found.lost == [[30, 32], [62, 62]] or found.lost == [[30, 31], [62, 62]]
    with Reader(out) as reader:
        assert not any("forged" in record.body for record in reader.records())


@pytest.mark.parametrize("forged", [1_000_000_000_000, 2**63 - 1])
def test_a_forged_number_beyond_all_that_a_file_has_room_for_is_not_counted_up_to(
    closed_ledger: Path, recovered: Callable[[Path], Recovered], out: Path, forged: int
) -> None:
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("UPDATE record SET id = ?, number = 99 WHERE id = 62", (forged,))
    found = recovered(closed_ledger)
    assert (found.records, found.lost) == (RECORDS - 1, [[62, 62]])
    assert ids(out)[: RECORDS - 1] == list(range(1, RECORDS))


def test_what_nothing_vouches_for_is_refused(
    closed_ledger: Path, recovered: Callable[[Path], Recovered], out: Path, tmp_path: Path
) -> None:
    with pytest.raises(LedgerError, match="no anchor made with this key"):
        recover(closed_ledger, out, bytes(32), software_version="0")
    text = tmp_path / "text.db"
    text.write_text("text\n" * 1000)
    shutil.copy(f"{closed_ledger}.anchors", f"{text}.anchors")
    with pytest.raises(LedgerError, match="no record of it can be read"):
        recovered(text)
    recovered(closed_ledger)
    with pytest.raises(LedgerError, match="nothing is overwritten"):
        recovered(closed_ledger)


def test_the_command_says_what_is_lost(closed_ledger: Path, key: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key.hex())

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, ["recover", *map(str, arguments), "--key", str(tmp_path / "key")])

    assert run(closed_ledger).exit_code == 0
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE id = 10")
    result = run(closed_ledger, "--out", tmp_path / "again.db")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["lost_records"] == 1
    assert "lost: records 10 to 10" in result.stderr
    assert run(closed_ledger).exit_code == 2
    assert run(tmp_path / "absent.db").exit_code == 2
