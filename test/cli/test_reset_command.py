"""Keys and resets as an operator meets them: who may use a key, and what a token releases."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
from pathlib import Path

import pytest

from iatro_governor import operator_key
from iatro_governor.errors import KeyRefused
from test.forked import iatro
from test.governor.profiles import AMR
from test.governor.test_offline import drive

PRESS = {"t": 0.5, "type": "estop", "pressed": True}
RELEASE = {"t": 0.6, "type": "estop", "pressed": False}


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "operator.key"
    operator_key.create(path)
    return path


def test_a_new_key_is_for_its_owner_only_and_never_overwritten(tmp_path):
    made = tmp_path / "operator.key"
    assert json.loads(iatro("keygen", str(made), "--json").stdout)["mode"] == "0600"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600 and len(bytes.fromhex(made.read_text())) == 32
    kept = made.read_text()
    again = iatro("keygen", str(made))
    assert again.returncode == 2 and "never overwritten" in again.stderr.replace("\n", " ")
    assert made.read_text() == kept and kept.strip() not in again.stderr
    operator_key.create(tmp_path / "second.key")
    assert (tmp_path / "second.key").read_text() != kept


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_no_umask_opens_or_spoils_a_key(tmp_path, umask):
    before = os.umask(umask)
    try:
        operator_key.create(tmp_path / "k")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])
def test_a_key_that_others_can_use_is_refused(key, mode):
    key.chmod(mode)
    with pytest.raises(KeyRefused, match=f"{mode:04o}") as refused:
        operator_key.read(key)
    assert key.read_text().strip() not in str(refused.value)


@pytest.mark.parametrize("text", ["", "not hexadecimal", "ab" * 31, "\xff", "g" + "ab" * 32])
def test_what_is_no_key_is_refused(key, text):
    key.write_bytes(text.encode("latin-1"))
    with pytest.raises(KeyRefused, match="holds no operator's key"):
        operator_key.read(key)


def test_a_pipe_or_a_folder_is_no_key_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    for name in ("pipe", "folder", "nowhere"):
        with pytest.raises(KeyRefused, match=name):
            operator_key.read(tmp_path / name)


def test_the_key_is_where_the_environment_says_else_the_profile():
    assert operator_key.place("/etc/amr.yaml", None, None) is None
    assert operator_key.place("/etc/amr.yaml", "keys/k", "") == Path("/etc/keys/k")
    assert operator_key.place("/etc/amr.yaml", "/run/k", None) == Path("/run/k")
    assert operator_key.place("/etc/amr.yaml", "keys/k", "/run/k") == Path("/run/k")


def test_the_command_says_what_is_wrong_with_a_key(key):
    key.chmod(0o644)
    done = iatro("reset", "--key", str(key), "--print", "--id", "a", "--nonce", "b")
    assert done.returncode == 2 and not done.stdout and "chmod 600" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_printed_token_is_the_hmac_and_print_asks_for_what_it_needs(key):
    secret = bytes.fromhex(key.read_text())
    printed = iatro("reset", "--key", str(key), "--print", "--id", "amr-1-1", "--nonce", "ab" * 16)
    assert printed.stdout.strip() == hmac.new(secret, b"amr-1-1|" + b"ab" * 16, hashlib.sha256).hexdigest()
    assert iatro("reset", "--key", str(key), "--print", "--id", "amr-1-1").returncode == 2
    assert iatro("reset", "--key", str(key), "--id", "amr-1-1").returncode == 2


def test_offline_a_token_releases_only_with_the_key_and_once_the_cause_is_over(key, tmp_path):
    def govern(*events, signed=True):
        lines = "\n".join(json.dumps(event) for event in events)
        words = ["govern", "--config", str(AMR), *(["--key", str(key)] if signed else [])]
        done = iatro(*words, stdin=lines)
        assert done.returncode == 0, done.stderr
        assert key.read_text().strip() not in done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    latched = [*drive(0.0, 0.5), PRESS, *drive(0.5, 0.6), RELEASE, *drive(0.6, 1.0)]
    latch = govern(*latched)[-1]["latch"]
    assert set(latch) == {"id", "nonce", "cause"} and latch["cause"] == "estop"
    words = ("reset", "--key", str(key), "--print", "--id", latch["id"], "--nonce", latch["nonce"])
    token = {"t": 1.0, "type": "reset", "token": iatro(*words).stdout.strip()}
    then = [*drive(1.0, 1.2, vx=None), *drive(1.2, 3.0, vx=None), *drive(3.0, 3.5, plan_id="p2")]
    last = govern(*latched, token, *then)[-1]
    assert last["latch"] is None and last["allowed"][0] > 0.1
    assert govern(*latched, token, *then, signed=False)[-1]["latch"] == latch
    early = [*drive(0.0, 0.5), PRESS, *drive(0.5, 0.6), {**token, "t": 0.6}, *drive(0.6, 1.0)]
    assert govern(*early)[-1]["latch"] == latch


def test_a_reset_where_no_governor_is_says_so(key, domain):
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    done = iatro("reset", "--key", str(key), "--timeout", "0.5", "--namespace", "amr")
    assert done.returncode == 2 and "/amr/governor/reset" in done.stderr.replace("\n", "")
    done = iatro("reset", "--key", str(key), "--timeout", "0.5", "--namespace", "a b")
    assert done.returncode == 2 and "no namespace" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("given", ["abc", "999", "-1", "1.5"])
def test_a_domain_that_there_is_not_is_said_before_the_middleware_ends_the_process(key, given, monkeypatch):
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    monkeypatch.setenv("ROS_DOMAIN_ID", given)
    for words in (("reset",), ("recover", "base", "--move", "1,0,0,0,0,0")):
        done = iatro(*words, "--key", str(key), "--timeout", "0.1")
        said = done.stderr.replace("\n", " ")
        assert done.returncode == 2 and f"ROS_DOMAIN_ID is '{given}'" in said and "0 to 232" in said
