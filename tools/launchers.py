"""The small files that give a program the project's environment before Python starts.

The dynamic linker reads LD_LIBRARY_PATH once, at the start of a process, so ROS 2's libraries and those of
our messages must be named before. ``iatro-env`` sets the environment and runs any command in it; ``iatro``
starts the command line through it; and a bare ``python`` of the virtual environment starts itself again through
it, once.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

MARK = "IATRO_ENV"

ENV_SCRIPT = """\
#!/bin/sh
# Written by `make setup`. Usage: iatro-env COMMAND [ARGUMENT...]
if [ "${{{mark}:-}}" != {prefix} ]; then
{exports}
    export {mark}={prefix}
fi
exec "$@"
"""

CLI_SCRIPT = """\
#!/bin/sh
# Written by `make setup`. -P: modules in the working directory must not shadow installed ones.
exec {env} {python} -P -c '
import sys
sys.argv[0] = "iatro"
from iatro_governor.cli.main import main
main()' "$@"
"""

MODULE = """\
\"\"\"Written by `make setup`: a Python started without the project's environment starts again with it.\"\"\"

import os
import sys

WRAPPER = {wrapper!r}

foreign = os.environ.get({mark!r}) != {prefix!r}
if foreign and sys.executable.startswith({bin!r}) and os.access(WRAPPER, os.X_OK):
    os.execv(WRAPPER, [WRAPPER, sys.executable, *sys.orig_argv[1:]])
"""


def environment_script(prefix: Path, paths: Mapping[str, Sequence[str]], settings: Mapping[str, str]) -> str:
    """The text of ``iatro-env``: ``paths`` are put before what is there, ``settings`` replace it."""
    lines = []
    for name, entries in paths.items():
        joined = shlex.quote(":".join(entries))
        lines.append(f'    export {name}={joined}"${{{name}:+:${name}}}"')
    lines += [f"    export {name}={shlex.quote(value)}" for name, value in settings.items()]
    return ENV_SCRIPT.format(mark=MARK, prefix=shlex.quote(str(prefix)), exports="\n".join(lines))


def write(
    venv: Path,
    site_packages: Path,
    code: Sequence[Path],
    paths: Mapping[str, Sequence[str]],
    settings: Mapping[str, str],
) -> None:
    """Write ``iatro-env``, ``iatro`` and the start hook into ``venv``; ``code``: folders to import from."""
    wrapper, python = venv / "bin" / "iatro-env", venv / "bin" / "python"
    _script(wrapper, environment_script(venv, paths, settings))
    cli = CLI_SCRIPT.format(env=shlex.quote(str(wrapper)), python=shlex.quote(str(python)))
    _script(venv / "bin" / "iatro", cli)
    module = MODULE.format(wrapper=str(wrapper), mark=MARK, prefix=str(venv), bin=f"{venv / 'bin'}/")
    (site_packages / "iatro_environment.py").write_text(module, encoding="utf-8")
    # site reads .pth files in alphabetical order: this one comes before the start hook of the ROS 2 wheels.
    hook = "\n".join([*map(str, code), "import iatro_environment", ""])
    (site_packages / "iatro_governor.pth").write_text(hook, encoding="utf-8")


def _script(path: Path, text: str) -> None:
    # A new file in place of the old one: a shell that is reading the old one right now keeps it.
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(path)
