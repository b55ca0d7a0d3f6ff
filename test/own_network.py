"""Runs a command on a network of its own, which has this machine alone.

``python -m test.own_network COMMAND...``. Tests see it by IATRO_OWN_NETWORK, and let the middleware go without shared
memory there (test/conftest.py): what killed processes leave of it deafens others now and then, and hundreds of kills
would try that and not our code. Where no network can be made the command runs as it is, and a line says so.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

OWN = "IATRO_OWN_NETWORK"
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41
"""Of an interface: linux/sockios.h, and IFF_UP | IFF_RUNNING."""


def main(command: list[str]) -> int:
    """Does not return where the command could be started."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    if os.environ.get(OWN) == "wanted":
        return begin(command)
    if (made := way()) is None:
        print("no network of its own can be made here: with shared memory, and as it is", file=sys.stderr)
        os.execvp(command[0], command)
    os.environ[OWN] = "wanted"
    os.execvp(made[0], [*made, sys.executable, "-m", "test.own_network", *command])


def way() -> list[str] | None:
    """How a network is made: as root, or as a user who is root in it; None: not at all."""
    if shutil.which("unshare") is not None:
        for options in (["--net"], ["--net", "--map-root-user"]):
            tried = subprocess.run(
                ["unshare", *options, "true"], capture_output=True, check=False, timeout=30
            )
            if tried.returncode == 0:
                return ["unshare", *options]
    return None


def begin(command: list[str]) -> int:
    """Bring the loopback up, and become the command."""
    if (found := [name for _, name in socket.if_nameindex()]) != ["lo"]:
        print(f"this is no network of its own: it has {', '.join(found)}", file=sys.stderr)
        return 2
    loopback_up()
    os.environ[OWN] = "1"
    os.execvp(command[0], command)


def loopback_up() -> None:
    """As ``ip link set lo up``, of the network that this process is in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        fcntl.ioctl(own, SET_FLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
