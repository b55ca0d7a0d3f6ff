"""Writes the fitted model as one ONNX graph of standard operators."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from iatro_governor.testimony.features import DIMENSIONS
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.trained import INPUTS, OUTPUTS
from iatro_governor.training.calibrate import Calibration
from iatro_governor.training.fit import SHARPNESS, Weights

OPSET = 18
_MAKER = "iatro_governor.training.testimony"


def to_onnx(weights: Weights, calibration: Calibration) -> bytes:
    """The graph: gather the features' rows, add them up by passage, pool the passages, join the rules, calibrate."""
    size = len(NAMES)
    constants: dict[str, np.ndarray] = {
        "table": weights.table[:DIMENSIONS].astype(np.float16),
        "of_places": weights.table[DIMENSIONS:].astype(np.float32),
        "bias": weights.bias.astype(np.float32),
        "last": np.array([-1], dtype=np.int64),
        "size": np.array([size], dtype=np.int64),
        "sharpness": np.array(SHARPNESS, dtype=np.float32),
        "first": np.array([0], dtype=np.int64),
        "of_model": calibration.of_model.astype(np.float32),
        "of_rules": calibration.of_rules.astype(np.float32),
        "offset": calibration.offset.astype(np.float32),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["table", "rows"], ["halves"]),
        node("Cast", ["halves"], ["evidence"], to=TensorProto.FLOAT),
        node("Shape", ["scales"], ["count"]),
        node("Concat", ["count", "size"], ["shape"], axis=0),
        node("ConstantOfShape", ["shape"], ["empty"]),
        node("Unsqueeze", ["owners", "last"], ["targets"]),
        node("ScatterND", ["empty", "targets", "evidence"], ["sums"], reduction="add"),
        node("Unsqueeze", ["scales", "last"], ["column"]),
        node("Mul", ["sums", "column"], ["scaled"]),
        node("Gather", ["of_places", "places"], ["placed"]),
        node("Sum", ["scaled", "placed", "bias"], ["passages"]),
        node("Mul", ["passages", "sharpness"], ["sharp"]),
        node("Softmax", ["sharp"], ["shares"], axis=0),
        node("Mul", ["shares", "passages"], ["shared"]),
        node("ReduceSum", ["shared", "first"], ["pooled"], keepdims=0),
        node("Mul", ["pooled", "of_model"], ["said"]),
        node("Mul", ["rules", "of_rules"], ["ruled"]),
        node("Sum", ["said", "ruled", "offset"], ["logits"]),
        node("Sigmoid", ["logits"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    rows, owners, scales, places, rules = INPUTS
    scores, passages, evidence = OUTPUTS
    graph = helper.make_graph(
        nodes,
        "labels",
        [
            value(rows, TensorProto.INT64, ["features"]),
            value(owners, TensorProto.INT64, ["features"]),
            value(scales, TensorProto.FLOAT, ["passages"]),
            value(places, TensorProto.INT64, ["passages"]),
            value(rules, TensorProto.FLOAT, [size]),
        ],
        [
            value(scores, TensorProto.FLOAT, [size]),
            value(passages, TensorProto.FLOAT, ["passages", size]),
            value(evidence, TensorProto.FLOAT, ["features", size]),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(
        graph, producer_name=_MAKER, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
