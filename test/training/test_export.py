"""What the exported graph says is what the fitted weights say, and the whole is the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.testimony.features import extent, instances
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import normalise
from iatro_governor.testimony.trained import OUTPUTS, inputs
from iatro_governor.training.corpus import corpus
from iatro_governor.training.examples import own
from iatro_governor.training.run import trained

TEXTS = own("train")[::40]


def test_the_graph_says_what_the_weights_say_and_is_the_same_every_time() -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: pip install 'iatro_governor[train]'")
    ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    from iatro_governor.training.export import to_onnx

    model, again = trained(TEXTS, 1), trained(TEXTS, 1)
    graph = to_onnx(model.weights, model.calibration)
    assert graph == to_onnx(again.weights, again.calibration)
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    wanted = model.scores(corpus(TEXTS))
    rules = LexicalLabeller()
    for at, labelled in enumerate(TEXTS[:40]):
        plain = normalise(labelled.text)
        if not instances(plain):
            continue
        scores, _, _ = session.run(
            OUTPUTS, inputs(instances(plain), rules.label_plain(plain), extent(len(plain.text)))
        )
        assert np.abs(scores - wanted[at]).max() < 5e-3
