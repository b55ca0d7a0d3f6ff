"""What a line of events has said stays as it was said, and numbers of any length are read."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, ValidationError

from iatro_governor.governor.line_models import BodyPart, EndpointPart, FlagsLine, PointPart, TickLine
from iatro_governor.governor.lines import BadLine, parse

READ = [
    TickLine(t=7.0, type="tick"),
    FlagsLine.model_validate({"t": 7.0, "type": "flags", "source": "s"}),
    PointPart(time=1.0, positions=[0.5]),
    BodyPart(id="ann", position=[1.0, 2.0, 3.0], velocity=[0.0, 0.0, 0.0]),
    EndpointPart(node="n", gid="g"),
]


@pytest.mark.parametrize("line", READ, ids=lambda line: type(line).__name__)
def test_nobody_changes_what_was_read(line: BaseModel) -> None:
    for name in type(line).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(line, name, getattr(line, name))


@pytest.mark.parametrize(
    ("digits", "why"), [(299, "less than 9223372036854775808"), (300, "a valid integer")]
)
def test_a_whole_number_of_up_to_299_digits_is_read_as_one(digits: int, why: str) -> None:
    """A longer one is read as a number of the usual size, which no count can be."""
    recover = {"t": 7.0, "type": "recover", "channel": "a", "values": [1.0], "id": "i", "token": "k"}
    with pytest.raises(BadLine, match=f"count: Input should be {why}"):
        parse(json.dumps(recover | {"count": 10 ** (digits - 1)}))
