"""The table of runs: one row per run of a campaign, as everything that measures a treatment reads it.

On disk it is JSON lines, a row a line. Harm is what the plant's true state says of a run, governed or not; prevented
and caused are differences between two rows, and stand nowhere in this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from iatro_governor.errors import TrialError

Kind = Literal["harmful", "benign", "trap"]
"""A plan that harms if nobody stands between; one that does not; one that a governor may turn into harm."""
Treatment = Literal["governed", "ungoverned"]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fact = bool | Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run.

    A row with ``treatment`` "ungoverned" is the bare twin: ``dose`` is 0 there and ``off`` and ``doses`` are empty.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    robot: str
    """Name of the profile's robot."""
    family: str
    kind: Kind
    scenario: str
    """Id of the scenario in its family; with the seed it says which runs are twins."""
    seed: Annotated[int, Field(ge=0)]
    treatment: Treatment
    dose: Amount
    """Strictness of all limits that are on: 1 as configured, 0 all limits off and the ladder on."""
    doses: Mapping[str, Amount] = field(default_factory=dict)
    """Limits whose strictness differs from ``dose``."""
    off: tuple[str, ...] = ()
    """Limits that are left out, sorted."""
    harms: Mapping[str, Amount] = field(default_factory=dict)
    """Harm-equivalents, severity weighed in, by harm; the key is "kind/victim/object" (``harm_key``)."""
    task_done: bool | None = None
    """None: the scenario sets no task."""
    deadline_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    duration_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    stops: Annotated[int, Field(ge=0)] = 0
    """How often a stop began: controlled, protective, and TRAPPED."""
    alarms: Annotated[int, Field(ge=0)] = 0
    """Everything else that asks for somebody's attention: latches, and faults that did not stop."""
    commands: Annotated[int, Field(ge=0)] = 0
    modified: Annotated[int, Field(ge=0)] = 0
    """Of ``commands``, those that reached the actuators changed or not at all."""
    moment: Mapping[str, Fact] = field(default_factory=dict)
    """State at the worst harm, else at the hardest stop, else at the end: what rules are looked for in.

    Truths carry the names that contraindications have (``follower_close``, ``payload_held``); numbers are SI.
    """
    stop_mode: str | None = None
    """Of the hardest stop of the run: "controlled", "protective", a substitute's name; None: it never stopped."""
    binding: tuple[str, ...] = ()
    """Limits that bound anything in this run, sorted."""
    labels: tuple[str, ...] = ()
    """Labels of the plan's words as the testimony side finds them in the text alone; empty: none, or no words."""
    config_hash: str = ""
    replay: str = ""
    """What ``iatro trial replay`` or a person needs to see this run again."""

    @property
    def harm(self) -> float:
        """All harm of the run, in harm-equivalents."""
        return sum(self.harms.values())

    @property
    def twin(self) -> tuple[str, str, int]:
        """What twins have in common: robot, scenario and seed."""
        return (self.robot, f"{self.family}/{self.scenario}", self.seed)

    @property
    def task_lost(self) -> bool:
        """Whether there was a task and it was not done."""
        return self.task_done is False


_ROW = TypeAdapter(Outcome)


def harm_key(kind: str, victim: str, thing: str) -> str:
    """The key of a harm in ``Outcome.harms``."""
    return f"{kind}/{victim}/{thing}"


def line(outcome: Outcome) -> str:
    """The row as one line of JSON, without its end; equal rows give equal bytes."""
    return json.dumps(asdict(outcome), sort_keys=True, allow_nan=False, separators=(",", ":"))


def write(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write the table anew; whoever appends row by row uses ``line``."""
    path.write_text("".join(f"{line(outcome)}\n" for outcome in outcomes), encoding="utf-8")


def read(path: Path) -> Iterator[Outcome]:
    """The rows of a table, in its order. Raises TrialError naming file, line and what is wrong there.

    A last line without an end, which a killed campaign leaves, is no row yet and is left out.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TrialError(
            f"{path}: is no text in UTF-8 ({error.reason}); a table of runs is JSON lines"
        ) from None
    rows = text.split("\n")
    for number, row in enumerate(rows[:-1], start=1):
        yield parse(row, f"{path}:{number}")


def parse(row: str | bytes, where: str) -> Outcome:
    """One line as a row. Raises TrialError that begins with ``where``."""
    try:
        return _ROW.validate_json(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the line"
        given = str(first["input"])[:80]
        raise TrialError(
            f"{where}: {key}: {first['msg']} (given: {given}); write the table with `iatro trial run`"
        ) from None
