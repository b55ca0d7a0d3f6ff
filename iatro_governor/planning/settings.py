"""The settings file of a planner node: which model it is, and how its endpoint is spoken to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from iatro_governor.errors import PlannerError
from iatro_governor.planning.reply import Declared, reasons

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentitySettings(_Part):
    """Which model it is. What stands here is declared; what is computed from files here is verified."""

    declared: Declared = Declared()
    weights: tuple[Path, ...] = ()
    """The files of the weights, in order; their digest is computed, and has to be the declared one if there is one."""
    parent_weights: tuple[Path, ...] = ()
    """Those of the model that it was derived from."""


class ChatSettings(_Part):
    """An endpoint that speaks the chat completions protocol, and how long it may take."""

    base_url: str
    """Up to where ``/chat/completions`` follows, http://127.0.0.1:8080/v1 say."""
    model: Annotated[str, Field(min_length=1, max_length=200)]
    api_key_file: Path | None = None
    """A file that holds the key, and nothing else."""
    proxy: str | None = None
    """An HTTP proxy; the environment's are not looked at."""
    system_prompt: str = ""
    system_prompt_file: Path | None = None
    stream: bool = True
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    connect_s: Seconds = 5.0
    """Longest wait for a connection."""
    read_s: Seconds = 60.0
    """Longest silence of the endpoint within an answer, and before it."""
    answer_s: Seconds = 120.0
    """Longest time for one answer, all attempts together."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    """Further attempts where the endpoint cannot be reached, is busy (429) or fails (5xx), before it says anything."""
    backoff_s: Seconds = 0.5
    """Before the first further attempt; doubled each time, unless the endpoint says how long to wait."""
    turns: Annotated[int, Field(ge=1, le=1000)] = 8
    """Answers to one instruction: after each that calls something, the model is told what became of it."""

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, given: str) -> str:
        address = urlsplit(given)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("an address that begins with http:// or https:// is needed")
        if address.username or address.password:
            raise ValueError("no name or password belongs in an address; use api_key_file")
        return given.rstrip("/")

    @property
    def local(self) -> bool:
        """Whether the endpoint is on this machine."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def in_the_clear(self) -> bool:
        """Whether words and key cross a network for all to read."""
        return urlsplit(self.base_url).scheme == "http" and not self.local


class PlannerSettings(_Part):
    """The whole file."""

    identity: IdentitySettings = IdentitySettings()
    chat: ChatSettings | None = None


def load(file: Path) -> PlannerSettings:
    """Settings from a YAML file; its relative paths count from its folder. Raises PlannerError."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PlannerError(f"{file}: the planner's settings cannot be read: {error}") from error
    try:
        return _beside(file, PlannerSettings.model_validate(data))
    except ValidationError as error:
        raise PlannerError(f"{file}: {reasons(error)}") from error


def _beside(file: Path, found: PlannerSettings) -> PlannerSettings:
    def there(path: Path | None) -> Any:
        return None if path is None else file.parent / path.expanduser()

    own = found.identity
    files = {name: tuple(map(there, getattr(own, name))) for name in ("weights", "parent_weights")}
    identity = own.model_copy(update=files)
    if found.chat is None:
        return found.model_copy(update={"identity": identity})
    chat = found.chat.model_copy(
        update={name: there(getattr(found.chat, name)) for name in ("api_key_file", "system_prompt_file")}
    )
    return found.model_copy(update={"identity": identity, "chat": chat})


def text_of(file: Path) -> str:
    """The text of a file that the settings name. Raises PlannerError."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise PlannerError(f"{file}: cannot be read: {error}") from error
