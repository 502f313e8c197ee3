"""Text in pieces to be found by: pairs of Chinese characters, and words of letters and digits.

Personal numbers are masked first and leave no piece, so that nobody finds a visitor by theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from unicodedata import normalize

from bot.masking import masked

_HIDDEN = re.compile(r"[\dxX]*\*{3,}[\dxX]*")
_RUN = re.compile(r"[a-z0-9]+|[^\W\da-z_]+")
_LONGEST = 60  # characters of a word that count: PostgreSQL takes no longer one than 2 kB
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `whole` pieces and `begun` ones, of which only the first sign is known;
    a text fits if it holds every phrase."""

    phrases: tuple[str, ...]
    whole: tuple[str, ...]
    begun: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether a text that has the pieces holds them in this order."""
        plain = text.lower()
        if all(phrase in plain for phrase in self.phrases):
            return True
        said = evened(text)
        return all(phrase in said for phrase in self.phrases)


@lru_cache(2000)  # the hotline says the same again and again
def pieces(text: str) -> tuple[str, ...]:
    """Every piece of the text, once."""
    return tuple(dict.fromkeys(piece for run in _RUN.findall(evened(text)) for piece in _cut(run)))


def wanted(words: str) -> Wanted | None:
    """What somebody looks for, or None when that is nothing: phrases between blanks."""
    phrases = tuple(dict.fromkeys(evened(words).split()))
    runs = [run for phrase in phrases for run in _RUN.findall(phrase)]
    if not runs:
        return None
    whole = [piece for run in runs for piece in _looked_up(run)]
    begun = [run for run in runs if not _looked_up(run)]
    return Wanted(phrases, tuple(dict.fromkeys(whole)), tuple(dict.fromkeys(begun)))


def evened(text: str) -> str:
    """The text in plain, small signs and without personal numbers."""
    return normalize("NFKC", _HIDDEN.sub(" ", masked(text))).lower()


def parts_of(text: str, phrases: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the phrases, to be marked."""
    even = "".join(_even_sign(sign) for sign in text)
    found = [re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True) if phrase]
    end = 0
    for match in re.finditer("|".join(found), even) if found else ():
        if match.start() > end:
            yield text[end : match.start()], False
        yield text[match.start() : match.end()], True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def _even_sign(sign: str) -> str:
    even = normalize("NFKC", sign).lower()
    return even if len(even) == 1 else sign


def _cut(run: str) -> list[str]:
    if _WORD.fullmatch(run):
        return [run[:_LONGEST]]
    return [one + other for one, other in pairwise(run)] + [run[-1]]


def _looked_up(run: str) -> list[str]:
    if _WORD.fullmatch(run):
        return [run[:_LONGEST]]
    return [one + other for one, other in pairwise(run)]
