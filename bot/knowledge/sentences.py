"""The sentences of a policy's sections: which say something, and which fit a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.bm25 import grams
from bot.knowledge.normalise import plain
from bot.knowledge.policies import Part, Policy

_END = re.compile(r"(?<=[。！？])|\n+")
_NUMBER = re.compile(r"\d")
_SAME = 0.75  # share of a sentence's pairs that others said already


@dataclass(frozen=True, slots=True, eq=False)  # by identity: they are keys, and many
class Sentence:
    """One sentence of a section."""

    part: Part
    at: int  # its place in the policy
    rank: int  # its place in its section
    words: str
    is_silent: bool  # it tells that the source does not tell
    has_number: bool
    pairs: frozenset[str]


@lru_cache(1024)
def sentences(policy: Policy, silent: str) -> tuple[Sentence, ...]:
    """Every sentence of `policy` but those about its source."""
    found: list[Sentence] = []
    for part, text in policy.sections.items():
        if part == Part.SOURCE:
            continue
        for rank, words in enumerate(parted(text)):
            pairs = frozenset(grams(plain(words)))
            has_number = _NUMBER.search(words) is not None
            found.append(
                Sentence(part, len(found), rank, words, silent in words, has_number, pairs)
            )
    return tuple(found)


def parted(text: str) -> list[str]:
    """The sentences of `text`."""
    return [words for words in map(str.strip, _END.split(text)) if words]


class Fit:
    """How well sentences fit a question, rare words counting more."""

    def __init__(self, texts: Mapping[str, Sequence[Sentence]]) -> None:
        """`texts`: the sentences of every policy."""
        everything = [each for of_one in texts.values() for each in of_one]
        held = Counter(pair for each in everything for pair in each.pairs)
        self._weights = {pair: math.log(len(everything) / often) for pair, often in held.items()}

    def of(self, sentence: Sentence, question: frozenset[str]) -> float:
        """The weight of what both hold, against the sentence's length."""
        shared = sum([self._weights[pair] for pair in sentence.pairs & question])
        return shared / math.sqrt(8 + len(sentence.words))


def is_fresh(sentence: Sentence, known: Set[str]) -> bool:
    """Whether `sentence` tells something beside the `known` pairs of what was told."""
    return len(sentence.pairs & known) < _SAME * len(sentence.pairs)


def is_news(words: str, known: Set[str]) -> bool:
    """The same of any `words`."""
    pairs = frozenset(grams(plain(words)))
    return len(pairs & known) < _SAME * len(pairs)


def lines(chosen: Sequence[Sentence]) -> tuple[str, ...]:
    """One line a section, in the order of the policy."""
    ordered = sorted(chosen, key=lambda sentence: sentence.at)
    parts = dict.fromkeys(sentence.part for sentence in ordered)
    return tuple("".join(each.words for each in ordered if each.part == part) for part in parts)
