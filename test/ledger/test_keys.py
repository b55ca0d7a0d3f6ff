"""Keys: made once, private, found by precedence, bad ones refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.keys import create_key, find_key, key_beside, read_key


def test_a_new_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = create_key(path)
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path) == made
    with pytest.raises(LedgerError, match="never overwritten"):
        create_key(path)


def test_precedence(tmp_path: Path) -> None:
    ledger, file = tmp_path / "ledger.db", tmp_path / "other"
    with pytest.raises(LedgerError, match="no key for"):
        find_key(ledger, None, None)
    beside, named = create_key(key_beside(ledger)), create_key(file)
    environment = "ab" * 32
    assert find_key(ledger, file, environment) == named
    assert find_key(ledger, None, environment) == bytes.fromhex(environment)
    assert find_key(ledger, None, "") == beside


def test_a_place_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    """Its name is longer than any may be."""
    with pytest.raises(LedgerError, match=r"\.key: cannot be reached: "):
        find_key(tmp_path / ("n" * 300) / "ledger.db", None, None)


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, "ab" * 31, "\xff"])
def test_bad_keys_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(LedgerError, match=r"not a ledger key|cannot be read"):
        read_key(path)


def test_a_key_is_on_the_disk_with_its_name_before_anything_is_made_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a ledger whose key a power cut takes nothing could be verified ever."""
    forced: list[tuple[str, str]] = []
    path = tmp_path / "key"

    def fsync(handle: int) -> None:
        forced.append((os.readlink(f"/proc/self/fd/{handle}"), path.read_text()))

    monkeypatch.setattr(os, "fsync", fsync)
    text = create_key(path).hex() + "\n"
    assert forced == [(str(path), text), (str(tmp_path), text)]
