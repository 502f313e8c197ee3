"""How characters sound: for words mistyped by ear, and for pinyin typed instead of characters."""

from __future__ import annotations

import math
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LONGEST = 6  # letters of a syllable: zhuang
_KEEP = 12  # readings followed at once while decoding


@cache
def readings(sign: str) -> tuple[str, ...]:
    """The syllables a character may be read as, the usual one first; letters are themselves."""
    if sign in _ASCII:
        return (sign,)
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # signs are enough, and far less to load
    from pypinyin import Style, pinyin

    found = pinyin(sign, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
    return tuple(dict.fromkeys(found))


def syllables(text: str) -> list[str]:
    """Single syllables and neighbouring pairs of a plain text."""
    heard = [readings(sign)[0] for sign in text]
    pairs = (f"{first} {second}" for first, second in pairwise(heard))
    return [*heard, *pairs]


class Speller:
    """Turns pinyin into the characters that the content would write for it."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` are plain; what they write together is what pinyin is taken to mean."""
        self._pairs: Counter[str] = Counter()
        self._signs: Counter[str] = Counter()
        for text in texts:
            self._signs.update(text)
            self._pairs.update(text[at : at + 2] for at in range(len(text) - 1))
        self._written: defaultdict[str, list[str]] = defaultdict(list)
        for sign, _ in self._signs.most_common():
            if sign not in _ASCII:
                for reading in readings(sign):
                    self._written[reading].append(sign)

    def characters(self, typed: str) -> str | None:
        """`typed` in characters, or None when it is not pinyin; digits stay as they are."""
        heard: list[str] = []
        for word in typed.split():
            split = self._split(word)
            if split is None:
                return None
            heard += split
        return self._decode(heard) if heard else None

    def _split(self, word: str) -> list[str] | None:
        """The fewest known syllables that make up `word`."""
        best: list[list[str] | None] = [[]] + [None] * len(word)
        for end in range(1, len(word) + 1):
            if word[end - 1].isdigit() and best[end - 1] is not None:
                best[end] = [*(best[end - 1] or ()), word[end - 1]]
            for start in range(max(0, end - _LONGEST), end):
                before = best[start]
                if before is None or word[start:end] not in self._written:
                    continue
                if (known := best[end]) is None or len(before) + 1 < len(known):
                    best[end] = [*before, word[start:end]]
        return best[-1]

    def _decode(self, heard: Sequence[str]) -> str:
        """The likeliest characters, by which signs stand side by side in the content."""
        paths: dict[str, tuple[float, str]] = {"": (0.0, "")}
        for syllable in heard:
            signs = self._written.get(syllable, [syllable])
            paths = {sign: max((score + self._likely(last, sign), path + sign)
                               for last, (score, path) in paths.items())
                     for sign in signs}  # fmt: skip
            kept = sorted(paths.items(), key=lambda item: item[1][0], reverse=True)[:_KEEP]
            paths = dict(kept)
        return max(paths.values())[1]

    def _likely(self, last: str, sign: str) -> float:
        together = self._pairs[last + sign] + 0.02 * self._signs[sign] / (len(self._signs) or 1)
        return math.log((together + 1e-4) / (self._signs[last] + 1 if last else 1e3))
