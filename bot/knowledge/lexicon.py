"""Every place where one of many words stands in a text, found in one walk over the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Lexicon:
    """A fixed set of words to look for."""

    def __init__(self, words: Iterable[str]) -> None:
        """Empty words are never found."""
        self._words = frozenset(filter(None, words))
        sizes: dict[str, set[int]] = {}
        for word in self._words:
            sizes.setdefault(word[0], set()).add(len(word))
        self._sizes = {first: tuple(sorted(of_one)) for first, of_one in sizes.items()}

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Where each word begins, overlapping ones included."""
        for at, first in enumerate(text):
            for size in self._sizes.get(first, ()):
                word = text[at : at + size]
                if word in self._words:
                    yield at, word
