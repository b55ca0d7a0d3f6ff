"""What is declared is never called verified, and what is verified was computed here."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import PlannerError
from iatro_governor.planning.identity import FIELDS, Identity, digest_of_files
from iatro_governor.planning.settings import IdentitySettings, load

CLAIMED = f"sha256:{'a' * 64}"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"weights" * 1000)
    return file


def settings(**given: Any) -> IdentitySettings:
    return IdentitySettings.model_validate(given)


def test_what_is_only_declared_is_not_verified() -> None:
    found = Identity(settings(declared={"model_id": "m", "digest": CLAIMED})).of({})
    assert found["model_id"] == "m" and found["digest"] == CLAIMED and found["verified"] is False


def test_a_digest_that_was_computed_here_is(weights: Path) -> None:
    found = Identity(settings(declared={"model_id": "m"}, weights=[weights]), "a prompt").of({})
    assert found["digest"] == f"sha256:{hashlib.sha256(weights.read_bytes()).hexdigest()}"
    assert found["prompt_digest"] == f"sha256:{hashlib.sha256(b'a prompt').hexdigest()}"
    assert found["verified"] is True


def test_the_prompt_alone_verifies_no_model() -> None:
    assert Identity(settings(), "a prompt").of({"model_id": "m"})["verified"] is False


def test_one_declared_digest_beside_computed_ones_is_enough_for_no(weights: Path) -> None:
    given = settings(declared={"parent_digest": CLAIMED}, weights=[weights])
    assert Identity(given).of({})["verified"] is False
    given = settings(weights=[weights], parent_weights=[weights])
    assert Identity(given).of({})["verified"] is True


def test_what_an_answer_says_of_itself_never_replaces_what_was_computed(weights: Path) -> None:
    found = Identity(settings(weights=[weights])).of(
        {"digest": CLAIMED, "model_id": "other", "verified": "true"}
    )
    assert found["digest"] == digest_of_files([weights]) and found["model_id"] == "other"
    assert set(found) == {*FIELDS, "verified"}


def test_a_declared_digest_that_is_not_the_files_is_refused(weights: Path) -> None:
    with pytest.raises(PlannerError, match=f"digest: {CLAIMED} is declared"):
        Identity(settings(declared={"digest": CLAIMED}, weights=[weights]))


def test_files_are_read_in_their_order(tmp_path: Path) -> None:
    parts = [tmp_path / name for name in "ab"]
    for part in parts:
        part.write_text(part.name)
    assert (
        digest_of_files(parts)
        == f"sha256:{hashlib.sha256(b'ab').hexdigest()}"
        != digest_of_files(parts[::-1])
    )
    assert digest_of_files([]) == ""
    with pytest.raises(PlannerError, match="weights cannot be read"):
        digest_of_files([tmp_path / "missing"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("chat: {base_url: 'ftp://x', model: m}", "base_url: "),
        ("chat: {base_url: 'http://me:secret@x/v1', model: m}", "no name or password"),
        ("chat: {base_url: 'http://x/v1'}", "chat.model: Field required"),
        ("chat: {base_url: 'http://x/v1', model: m, retries: -1}", "chat.retries"),
        ("chat: {base_url: 'http://x/v1', model: m, answer_s: .inf}", "chat.answer_s"),
        ("chat: {base_url: 'http://x/v1', model: m, apikey: x}", "chat.apikey: Extra"),
        ("identity: {declared: {digest: abc}}", "identity.declared.digest"),
        ("identity: {verified: true}", "identity.verified: Extra"),
        ("[1]", "planner.yaml: "),
        ("a: [", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_say_where(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "planner.yaml"
    file.write_text(text)
    with pytest.raises(PlannerError, match=why) as refused:
        load(file)
    assert "secret" not in str(refused.value)


def test_paths_count_from_the_files_folder(tmp_path: Path) -> None:
    file = tmp_path / "planner.yaml"
    file.write_text(
        "chat: {base_url: 'http://localhost/v1/', model: m, api_key_file: k}\nidentity: {weights: [w]}"
    )
    found = load(file)
    assert found.chat is not None and found.chat.api_key_file == tmp_path / "k"
    assert found.identity.weights == (tmp_path / "w",)
    assert found.chat.base_url == "http://localhost/v1" and not found.chat.in_the_clear
