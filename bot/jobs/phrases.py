"""Known phrases in a sentence: the longest at each place, in the time of one walk over it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase at `text[start:end]` and what it stands for."""

    start: int
    end: int
    means: T


class Phrases(Generic[T]):
    """Phrases and what each stands for."""

    def __init__(self, means: Mapping[str, T]) -> None:
        self._means = dict(means)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for phrase in self._means:
            lengths[phrase[:2]].add(len(phrase))
        signs = "".join({re.escape(phrase[0]) for phrase in self._means})
        self._starts = re.compile(f"[{signs}]" if signs else r"(?!)")
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    @classmethod
    def of(cls, words: Iterable[str]) -> Phrases[str]:
        """Phrases that stand for themselves."""
        return Phrases({word: word for word in words})

    def find(self, text: str) -> Iterator[Found[T]]:
        """Every phrase from left to right; of those that overlap, the one that begins first, and
        of those the longest."""
        start = self._starts.search(text)
        while start:
            at = start.start()
            end = self._longest(text, at)
            if end:
                yield Found(at, end, self._means[text[at:end]])
            start = self._starts.search(text, end or at + 1)

    def within(self, text: str) -> bool:
        """Whether any of them is in `text`."""
        return any(True for _ in self.find(text))

    def _longest(self, text: str, at: int) -> int:
        for length in self._lengths.get(text[at : at + 2], self._lengths.get(text[at], ())):
            if text[at : at + length] in self._means and at + length <= len(text):
                return at + length
        return 0


def blank(text: str, spans: Iterable[Found[T]]) -> str:
    """`text` with the spans blotted out; every other sign keeps its place."""
    signs = list(text)
    for span in spans:
        signs[span.start : span.end] = "○" * (span.end - span.start)
    return "".join(signs)
