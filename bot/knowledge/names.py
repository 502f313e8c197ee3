"""Names that a sentence holds word for word: the surest sign, where there is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.knowledge.bm25 import Scores
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.normalise import plain

_SHORTEST = 2
_LONGEST = 14
_FULL = 6  # characters from which a name could hardly be there by chance


class Names:
    """Looks up every stretch of a sentence among the names of the subjects."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        """`names` of each subject, in the order of the scores."""
        self._size = len(names)
        self._holders: dict[str, list[int]] = {}
        for at, of_one in enumerate(names):
            for name in {plain(name) for name in of_one}:
                if _SHORTEST <= len(name) <= _LONGEST:
                    self._holders.setdefault(name, []).append(at)
        self._names = Lexicon(self._holders)

    def scores(self, text: str) -> Scores:
        """For each subject the length of its longest name in a plain `text`, 1 for a long one."""
        longest = np.zeros(self._size, np.float32)
        for _, name in self._names.places(text):
            for at in self._holders[name]:
                longest[at] = max(longest[at], min(1.0, len(name) / _FULL))
        return longest
