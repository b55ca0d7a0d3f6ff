"""What a line of events has said stays as it was said."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from iatro_governor.governor.line_models import BodyPart, EndpointPart, FlagsLine, PointPart, TickLine

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
