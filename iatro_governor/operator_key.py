"""The operator's key: 32 random bytes, as 64 hexadecimal digits in a file that nobody but its owner can read.

Whoever holds it can release a latch. The governor holds it, too, for tokens are checked with the key that makes them.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from iatro_governor.errors import KeyRefused

LENGTH = 32
"""Bytes."""
ENVIRONMENT = "IATRO_OPERATOR_KEY"
"""Names the file of the key, where the profile does not or names another."""


def read(path: Path) -> bytes:
    """The key in the file ``path``.

    Raises:
        KeyRefused: there is no such file, anybody but its owner may read or write it, or it holds no key.
    """
    try:
        # A pipe would be waited for otherwise.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(4096) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise KeyRefused(f"{path}: the operator's key cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise KeyRefused(f"{path}: an operator's key is a plain file, and this is none")
    if (mode := stat.S_IMODE(status.st_mode)) & 0o077:
        cure = f"run `chmod 600 {path}`, and make a new key if others may have read this one"
        raise KeyRefused(
            f"{path}: its mode is {mode:04o}; 0600 is allowed, for others may use the key: {cure}"
        )
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) < LENGTH:
        needed = f"at least {2 * LENGTH} hexadecimal digits"
        raise KeyRefused(f"{path}: holds no operator's key ({needed}); make one with `iatro keygen`")
    return key


def create(path: Path) -> None:
    """Write a new key to ``path``, with mode 0600.

    Raises:
        KeyRefused: there is a file already, for a key is never overwritten, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(secrets.token_hex(LENGTH) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise KeyRefused(
            f"{path}: exists already; a key is never overwritten, so name another file"
        ) from error
    except OSError as error:
        raise KeyRefused(f"{path}: the key cannot be written: {error.strerror or error}") from error


def place(profile: str, named: str | None, environment: str | None) -> Path | None:
    """Where the key is: by ``environment``, the text of IATRO_OPERATOR_KEY, else as ``named`` in the file ``profile``.

    A name is taken from the profile's folder. None: there is no key, and no reset.
    """
    if environment:
        return Path(environment)
    return None if named is None else Path(profile).parent / Path(named).expanduser()
