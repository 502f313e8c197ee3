"""BM25 over any kind of token, in NumPy: a score for every document in well under a millisecond."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Token = Hashable
Scores = NDArray[np.float32]

_K1 = 1.2
_B = 0.75


class Bm25:
    """Documents as bags of tokens, scored against a bag of tokens.

    What is kept of a document is eight bytes a different token.
    """

    def __init__(self, documents: Iterable[Sequence[Token]]) -> None:
        """Index `documents`, one after the other; their order is the order of the scores."""
        self._ids: dict[Token, int] = {}
        ids, often, sizes, lengths = array("i"), array("f"), [], []
        for document in documents:
            count = Counter(document)
            ids.extend(self._ids.setdefault(token, len(self._ids)) for token in count)
            often.extend(count.values())
            sizes.append(len(count))
            lengths.append(len(document))
        self.size = len(sizes)
        token, counts = np.frombuffer(ids, np.int32), np.frombuffer(often, np.float32)
        holder = np.repeat(np.arange(self.size, dtype=np.int32), sizes)
        held = np.bincount(token, minlength=len(self._ids))
        self._ends = [0, *np.cumsum(held).tolist()]
        self._rarity = np.log(1 + (self.size - held + 0.5) / (held + 0.5)).astype(np.float32)
        mean = sum(lengths) / max(1, self.size)
        slack = (_K1 * (1 - _B + _B * np.array(lengths) / max(1, mean))).astype(np.float32)
        weights = self._rarity[token] * counts * (_K1 + 1) / (counts + slack[holder])
        order = np.argsort(token, kind="stable")
        self._documents, self._weights = holder[order], weights[order]
        self._unseen = math.log(1 + (self.size + 0.5) / 0.5)

    def scores(self, tokens: Iterable[Token]) -> Scores:
        """How well each document answers to `tokens`; repeated tokens count once."""
        ends = self._ends
        known = [self._ids[token] for token in dict.fromkeys(tokens) if token in self._ids]
        if not known:
            return np.zeros(self.size, np.float32)
        spans = [slice(ends[at], ends[at + 1]) for at in known]
        documents = np.concatenate([self._documents[span] for span in spans])
        weights = np.concatenate([self._weights[span] for span in spans])
        return np.bincount(documents, weights, self.size).astype(np.float32)

    def weight(self, tokens: Iterable[Token]) -> float:
        """How much there is to find in `tokens`: the sum of their rarities."""
        said = dict.fromkeys(tokens)
        known = [self._ids[token] for token in said if token in self._ids]
        return float(self._rarity[known].sum()) + (len(said) - len(known)) * self._unseen


def grams(text: str) -> list[str]:
    """Single characters and pairs of neighbours of an already plain text."""
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]
