"""Ledger keys: 32 random bytes, as 64 hexadecimal digits in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ..errors import LedgerError
from .lock import sync_folder

LENGTH = 32


def parse_key(text: str, origin: str) -> bytes:
    """The key written as ``text``; ``origin`` says where it came from. Raises LedgerError for what is no key."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < LENGTH:
        raise LedgerError(f"{origin}: not a ledger key (allowed: at least {2 * LENGTH} hexadecimal digits)")
    return key


def read_key(path: str | Path) -> bytes:
    """The key in the file ``path``. Raises LedgerError where it cannot be read, or holds none."""
    try:
        text = Path(path).read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise LedgerError(f"{path}: no such key file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path}: the key cannot be read: {error}") from error
    return parse_key(text, str(path))


def create_key(path: str | Path) -> bytes:
    """Makes a new key and writes it to ``path`` (mode 0600).

    Raises LedgerError where it cannot be written; an existing file is never overwritten.
    """
    key = secrets.token_bytes(LENGTH)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(handle)
        sync_folder(Path(path).absolute())
    except FileExistsError as error:
        raise LedgerError(f"{path}: exists already; a key is never overwritten") from error
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be written: {error}") from error
    return key


def key_beside(ledger: str | Path) -> Path:
    """Where a demo keeps its key: next to the ledger. In the field the key belongs elsewhere."""
    return Path(f"{ledger}.key")


def find_key(ledger: str | Path, key_file: str | Path | None, environment: str | None) -> bytes:
    """The key by precedence: ``key_file``, then the text of IATRO_KEY, then the file beside the ledger.

    Raises LedgerError where there is none.
    """
    if key_file is not None:
        return read_key(key_file)
    if environment:
        return parse_key(environment, "IATRO_KEY")
    beside = key_beside(ledger)
    try:
        if beside.exists():
            return read_key(beside)
    except OSError as error:
        raise LedgerError(f"{beside}: cannot be reached: {error.strerror or error}") from error
    raise LedgerError(f"no key for {ledger}: give --key FILE, set IATRO_KEY, or keep it in {beside}")
