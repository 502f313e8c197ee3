"""Which subject a wording belongs to, learned from everybody's examples by ridge regression.

No library and no random number: the same content gives the same weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.bm25 import Scores, grams

Vectors = NDArray[np.float32]

Row = tuple[NDArray[np.int32], Vectors]  # the columns that are not zero, and their values

MOST_EXAMPLES = 10_000  # above it learning takes many seconds, and documents alone must do
_ROUNDS = 4
_WORDING_RIDGE = 0.5
_KEPT_FROM = 2  # a gram of a single example says nothing about others


def ridge(alike: Vectors, labels: Sequence[int], classes: int, strength: float) -> Vectors:
    """Weights (examples by classes) that bring each example near 1 for its label, 0 elsewhere.

    `alike`: how much each example resembles each other one; it is changed.
    """
    alike[np.diag_indices(len(labels))] += strength
    return np.linalg.solve(alike, _wanted(labels, classes)).astype(np.float32)


def _wanted(labels: Sequence[int], classes: int) -> Vectors:
    wanted = np.full((len(labels), classes), -1 / classes, np.float32)
    wanted[np.arange(len(labels)), labels] += 1
    return wanted


class Wording:
    """Scores of every subject for a plain text, from the grams its examples are made of."""

    def __init__(self, texts: Sequence[str], labels: Sequence[int], classes: int) -> None:
        """`texts` are plain; `labels` tell which of the `classes` each belongs to."""
        counts = [Counter(grams(text)) for text in texts]
        held = Counter(gram for count in counts for gram in count)
        kept = [gram for gram, often in held.items() if often >= _KEPT_FROM]
        self._column = {gram: at for at, gram in enumerate(kept)}
        self._rarity = np.array(
            [math.log(1 + len(texts) / held[gram]) for gram in kept], np.float32
        )
        rows = [self._vector(count) for count in counts]
        self._weights = self._learn(rows, labels, classes)

    def scores(self, text: str) -> Scores:
        """About 1 for a subject that surely is meant, about 0 for the others."""
        columns, values = self._vector(Counter(grams(text)))
        return values @ self._weights[columns]

    def _learn(self, rows: Sequence[Row], labels: Sequence[int], classes: int) -> Vectors:
        """Ridge regression by going round the examples: a vector holds few of all the grams."""
        weights = np.zeros((len(self._column), classes), np.float32)
        wanted = _wanted(labels, classes)
        duals = np.zeros_like(wanted)
        for _ in range(_ROUNDS):
            for at, (columns, values) in enumerate(rows):
                told = values @ weights[columns]
                step = (wanted[at] - told - _WORDING_RIDGE * duals[at]) / (1 + _WORDING_RIDGE)
                duals[at] += step
                weights[columns] += values[:, None] * step
        return weights

    def _vector(self, count: Counter[str]) -> Row:
        known = [(self._column[gram], often) for gram, often in count.items()
                 if gram in self._column]  # fmt: skip
        columns = np.array([column for column, _ in known], np.int32)
        values = np.array([1 + math.log(often) for _, often in known], np.float32)
        values *= self._rarity[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values
