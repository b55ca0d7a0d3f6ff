"""An operator's commands answer alone on standard output, whatever the middleware says."""

from __future__ import annotations

import os
from typing import Any

import pytest

pytestmark = pytest.mark.ros
TROUBLE = b"RTPS_TRANSPORT_SHM Error\n"


def test_what_the_middleware_prints_is_no_part_of_the_answer(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    rclpy: Any = pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    from rclpy.exceptions import InvalidNamespaceException

    from iatro_governor.nodes import operating

    def troubled(*_: object, **__: object) -> None:
        os.write(1, TROUBLE)
        raise InvalidNamespaceException("no", "namespace", 0)

    monkeypatch.setattr(rclpy, "init", lambda **_: os.write(1, TROUBLE))
    monkeypatch.setattr(rclpy, "create_node", troubled)
    with pytest.raises(operating.NoGovernor, match="no namespace"), operating.operator("a b", None, "x", 1.0):
        pass
    os.write(1, b"the answer\n")
    assert capfd.readouterr() == ("the answer\n", 2 * TROUBLE.decode())


def test_a_closed_output_is_no_reason_not_to_act(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    from iatro_governor.nodes import operating

    def closed(_: int) -> int:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    done = []
    with operating.answers_alone():
        done.append(True)
    assert done
