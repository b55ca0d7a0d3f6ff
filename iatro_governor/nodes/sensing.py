"""The points of a PointCloud2, whatever its layout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField

from iatro_governor.errors import EventError

NUMBERS = {
    PointField.INT8: "i1",
    PointField.UINT8: "u1",
    PointField.INT16: "i2",
    PointField.UINT16: "u2",
    PointField.INT32: "i4",
    PointField.UINT32: "u4",
    PointField.FLOAT32: "f4",
    PointField.FLOAT64: "f8",
}
"""How each datatype of a PointField lies in memory."""


def cloud_xyz(message: PointCloud2) -> NDArray[np.float64]:
    """The points (n, 3) of a cloud, as they lie in its buffer: any datatype, byte order, offsets and steps.

    Raises:
        EventError: fields x, y, z are missing or twice there, or do not fit the steps, or the buffer is not as long.
    """
    width, height, step, row = message.width, message.height, message.point_step, message.row_step
    if height and row < width * step:
        raise EventError(f"row_step {row} is less than {width} points of {step} bytes")
    if len(message.data) != height * row:
        raise EventError(f"{len(message.data)} bytes; {height} rows of {row} are needed")
    out = np.empty((height * width, 3))
    for axis, name in enumerate("xyz"):
        kind, offset = _place(message, name)
        if out.size:
            column = np.ndarray((height, width), kind, memoryview(message.data), offset, (row, step))
            out[:, axis] = column.ravel()
    return out


def _place(message: PointCloud2, name: str) -> tuple[np.dtype[Any], int]:
    """The type and the offset of a field of one number."""
    fields = [field for field in message.fields if field.name == name]
    if len(fields) != 1:
        raise EventError(f"{len(fields)} fields {name!r}; one is needed")
    field = fields[0]
    if field.datatype not in NUMBERS or field.count not in (0, 1):  # old drivers leave count 0
        raise EventError(
            f"field {name!r} has datatype {field.datatype}, count {field.count}; one number is needed"
        )
    kind = np.dtype((">" if message.is_bigendian else "<") + NUMBERS[field.datatype])
    if field.offset + kind.itemsize > message.point_step:
        raise EventError(f"field {name!r} ends beyond point_step {message.point_step}")
    return kind, field.offset
