"""Which model is behind a planner: what is declared, and what was computed here, kept apart.

``verified`` says of a statement that each of its digests was computed by this node from the files that its settings
name. It says that these files are here, not that an endpoint uses them: nobody can see that from outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iatro_governor.errors import PlannerError
from iatro_governor.planning.reply import Declared
from iatro_governor.planning.settings import IdentitySettings

FIELDS = tuple(Declared.model_fields)


class Identity:
    """The identity that a node puts into statements. Computes digests once, when it is made."""

    def __init__(self, settings: IdentitySettings, system_prompt: str | None = None) -> None:
        """Raises PlannerError where a file cannot be read, or a declared digest is not that of its files."""
        declared = settings.declared.model_dump()
        computed = {
            "digest": digest_of_files(settings.weights),
            "parent_digest": digest_of_files(settings.parent_weights),
            "prompt_digest": "" if system_prompt is None else digest_of_text(system_prompt),
        }
        for name, found in computed.items():
            if found and declared[name] and found != declared[name]:
                raise PlannerError(
                    f"{name}: {declared[name]} is declared, and that of the files here is {found}; "
                    "find out which model this is, then put one of them right"
                )
        self._computed = {name: found for name, found in computed.items() if found}
        self._declared = declared

    def of(self, said: Mapping[str, str]) -> dict[str, Any]:
        """The fields of PlannerIdentity, ``verified`` among them.

        said: by the planner or its endpoint with this answer. It counts before what the settings declare, and what was
        computed here before both.
        """
        fields = {
            **self._declared,
            **{name: said[name] for name in FIELDS if said.get(name)},
            **self._computed,
        }
        digests = [name for name in ("digest", "parent_digest", "prompt_digest") if fields[name]]
        verified = "digest" in self._computed and all(name in self._computed for name in digests)
        return {**fields, "verified": verified}


def digest_of_text(text: str) -> str:
    """SHA-256 of a text's UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def digest_of_files(files: Sequence[Path]) -> str:
    """SHA-256 of one file, or of several one after another; empty for none. Raises PlannerError."""
    if not files:
        return ""
    whole = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    whole.update(block)
        except OSError as error:
            raise PlannerError(f"{file}: the weights cannot be read: {error.strerror or error}") from error
    return f"sha256:{whole.hexdigest()}"
