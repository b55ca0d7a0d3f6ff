"""Commands in processes of their own that share what takes longest: to read the modules.

``python -m test.forked`` imports the command line and then forks for each job; a job is one line of JSON on its
standard input, and the answer to it is the job's exit code. Whatever a command does, it does in a process that ends
with it, after the imports that `iatro` begins with and after nothing else.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
STREAMS = ("stdin", "stdout", "stderr")
LONGEST_S = 300
"""A command that takes longer is ended by an alarm: exit code -14."""


def iatro(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """What ``iatro WORDS`` answers, into pipes of 80 columns."""
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        files = {name: str(Path(folder, name)) for name in STREAMS}
        for name, text in zip(STREAMS, (stdin or "", "", ""), strict=True):
            Path(files[name]).write_text(text, encoding="utf-8")
        job = {
            "words": [str(word) for word in words],
            "environment": _environment(),
            "folder": os.getcwd(),
            **files,
        }
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        told = [Path(files[name]).read_text(encoding="utf-8", errors="replace") for name in STREAMS[1:]]
    return subprocess.CompletedProcess(["iatro", *map(str, words)], code, *told)


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "80", "TERM": "dumb"}


@cache
def _server() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "test.forked"],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def serve() -> None:
    """Answer jobs until nobody has any more."""
    import iatro_governor.cli.main  # what every job has had read

    assert iatro_governor.cli.main.app
    for line in sys.stdin:
        job = json.loads(line)
        if (child := os.fork()) == 0:
            _do(job)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _do(job: dict[str, Any]) -> NoReturn:
    """Be the command, to its end."""
    signal.alarm(LONGEST_S)
    for number, name in enumerate(STREAMS):
        file = os.open(job[name], os.O_RDWR)
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate(("r", "w", "w"))
    )
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    code = 1
    try:
        code = _main(job["words"])
    except BaseException:  # noqa: BLE001 - it is told as an interpreter tells it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _main(words: Sequence[str]) -> int:
    from iatro_governor.cli.main import main

    sys.argv = ["iatro", *words]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    serve()
