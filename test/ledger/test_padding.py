"""How much of a SQLite file is missing at its end, by its header."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.ledger.padding import missing_bytes, padded


def header(page: int, pages: int, magic: bytes = b"SQLite format 3\x00", size: int = 100) -> bytes:
    """A file's first ``size`` bytes: https://www.sqlite.org/fileformat.html, 1.3."""
    head = bytearray(size)
    head[:16] = magic
    head[16:18] = page.to_bytes(2, "big")
    head[28:32] = pages.to_bytes(4, "big")
    return bytes(head)


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (header(512, 3), 3 * 512 - 100),
        (header(1, 3), 3 * 65_536 - 100),  # 65536 does not fit into two bytes and is written as 1
        (header(2, 3), 0),
        (header(512, 0x0100_0002), 0x0100_0002 * 512 - 100),
        (header(512, 3) + bytes(1436), 0),
        (header(512, 3) + bytes(1437), 0),
        (header(512, 3, size=99), 0),
        (header(512, 3, b"SQLite format 2\x00"), 0),
    ],
)
def test_a_file_should_be_as_long_as_its_pages_and_of_what_has_no_whole_header_nothing_is_known(
    content: bytes, missing: int, tmp_path: Path
) -> None:
    (path := tmp_path / "some.db").write_bytes(content)
    assert missing_bytes(path) == missing


def test_a_file_that_is_whole_is_used_itself(tmp_path: Path) -> None:
    (path := tmp_path / "some.db").write_bytes(header(100, 1))
    with padded(path, tmp_path) as found:
        assert found == (path, 0)
