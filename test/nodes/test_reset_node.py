"""A latch over real processes: killed while latched it comes back latched, and only the operator's key releases it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iatro_governor import operator_key

pytestmark = pytest.mark.ros


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "operator.key"
    operator_key.create(path)
    return path


def reset(key: Path, *words: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "iatro_governor.cli.main", "reset", "--json", "--timeout", "30"]
    done = subprocess.run(
        [*command, "--key", str(key), *words], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def test_killed_while_latched_it_comes_back_latched_and_the_key_releases_it(
    governed: Any, key: Path, tmp_path: Path
) -> None:
    environment = {operator_key.ENVIRONMENT: str(key)}
    stranger = tmp_path / "stranger.key"
    operator_key.create(stranger)
    bench, kept = governed.bench, tmp_path / "ledger.latch"
    governed.launch(environment=environment)
    governed.until(lambda: bench.outputs and bench.decisions and bench.faults <= {"awaiting_command"}, "open")
    governed.drive()
    bench.press(True)
    governed.until(lambda: bench.latest.get("latch"), "a latch")
    latch = bench.latest["latch"]
    assert json.loads(kept.read_text())["id"] == latch["id"], "on disk before it is announced"
    governed.governor.send(signal.SIGKILL)
    assert governed.governor.wait() == -signal.SIGKILL
    bench.command, killed = None, bench.latest["seq"]
    governed.launch(environment=environment)
    governed.until(lambda: bench.latest["seq"] > killed + 50, "decisions after the restart")
    since = [body["latch"] for body in list(bench.decisions) if body["seq"] > killed]
    assert since == [latch] * len(since)
    assert bench.latest["state"] == "PROTECTIVE_STOP"

    for signer in (stranger, key):
        code, answer = reset(signer)
        assert (code, answer["accepted"], answer["latch_id"]) == (1, False, latch["id"]), answer
        assert "estop has not been heard yet" in answer["message"]

    def heard_released() -> bool:
        bench.press(False)
        return "does not fit" in reset(stranger)[1]["message"]

    governed.until(heard_released, "nothing wrong but the token")
    code, answer = reset(key)
    assert (code, answer["accepted"], answer["latch_id"], answer["cause"]) == (0, True, latch["id"], "estop")
    assert "estop latched before the restart" in answer["faults"]["latched"]
    assert not kept.exists(), "gone from the disk before the operator is told"
    governed.until(lambda: bench.faults <= {"awaiting_rearm"}, "free of faults")
    governed.drive()
    told = {f["detail"] for body in bench.decisions for f in body["faults"] if f["name"] == "reset_accepted"}
    assert told == {f"latch {latch['id']} was released"}
    code, answer = reset(key)
    assert (code, answer["message"]) == (0, "nothing is latched")
    secret = key.read_text().strip()
    assert secret not in governed.governor.output + json.dumps(bench.decisions) + str(bench.states)


@pytest.mark.parametrize("mode", [0o644, None])
def test_a_governor_whose_key_cannot_be_used_does_not_start(
    governed: Any, key: Path, mode: int | None
) -> None:
    governed.config.write_text(
        governed.config.read_text().replace("loop:", "operator_key: operator.key\nloop:")
    )
    if mode is None:
        key.unlink()
    else:
        key.chmod(mode)
    assert governed.launch().wait(30.0) == 2
    assert "operator.key" in governed.governor.output and "Traceback" not in governed.governor.output
