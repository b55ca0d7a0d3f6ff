"""The chain by itself: what it is made of, stated once more with the standard library, and what does not fit in it."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from iatro_governor.ledger.chain import Chain, key_id, subkey

KEY = bytes(range(32))
ROWS = [
    (1, "decision", "ring", 0, 0.0, "plan-1", '{"a":1}'),
    (2, "decision", "ring", 1, 0.01, None, '{"b":"\\u00e9"}'),
]


def expected_macs() -> list[bytes]:
    """HMAC-SHA256 over the mac before and the row, under keys that are made for one purpose each."""
    genesis = hmac.new(KEY, b"iatro_governor/genesis", hashlib.sha256).digest()
    own = hmac.new(KEY, b"iatro_governor/chain", hashlib.sha256).digest()
    head, found = hmac.new(genesis, b"ledger-1", hashlib.sha256).digest(), []
    for row in ROWS:
        text = json.dumps(row[:-1], separators=(",", ":")).encode() + b"\n" + row[-1].encode()
        head = hmac.new(own, head + text, hashlib.sha256).digest()
        found.append(head)
    return found


def test_each_mac_covers_the_record_and_the_mac_before_it() -> None:
    chain = Chain.of(KEY, "ledger-1")
    assert [chain.link(row) for row in ROWS] == expected_macs()
    assert chain.head == expected_macs()[-1]


def test_a_row_fits_with_its_own_mac_alone() -> None:
    first, second = expected_macs()
    assert Chain.of(KEY, "ledger-1").fits(ROWS[0], first)
    assert not Chain.of(KEY, "ledger-1").fits(ROWS[0], second)
    assert not Chain.of(KEY, "ledger-2").fits(ROWS[0], first)
    assert not Chain.of(bytes(32), "ledger-1").fits(ROWS[0], first)
    reordered = Chain.of(KEY, "ledger-1")
    assert not reordered.fits(ROWS[1], second)


@pytest.mark.parametrize(
    "row", [(1, "decision", b"\x00", "{}"), (1, "decision", None), (1, "decision", 7), (1, {1}, "{}")]
)
def test_a_row_of_a_type_that_no_ledger_writes_does_not_fit(row: tuple[object, ...]) -> None:
    """The wrong answer, and the one that an exception invites, is to let it pass."""
    assert Chain.of(KEY, "ledger-1").fits(row, bytes(32)) is False


@pytest.mark.parametrize("mac", [None, 7, "text"])
def test_a_mac_of_another_type_does_not_fit(mac: object) -> None:
    assert Chain.of(KEY, "ledger-1").fits(ROWS[0], mac) is False  # type: ignore[arg-type]


def test_a_key_is_named_by_eight_bytes_that_are_not_its_own() -> None:
    named = key_id(KEY)
    assert len(named) == 16 and int(named, 16) >= 0
    assert named == hashlib.sha256(hmac.digest(KEY, b"iatro_governor/name", "sha256")).hexdigest()[:16]
    assert named not in (KEY.hex()[:16], subkey(KEY, "chain").hex()[:16])
