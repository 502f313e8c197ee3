"""The towns of each county, by whatever name people answer with when they are asked for theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.jobs.phrases import Phrases
from bot.jobs.sentences import Grammar
from bot.jobs.vocabulary import Village
from bot.knowledge.normalise import fold

_TAIL = re.compile(r"(?:街道|管理区|工业园区|农场|镇|乡)$")
_SHORTEST = 2  # signs of a name that counts as an answer


@dataclass(frozen=True, slots=True)
class Names:
    """What the towns of a county are called, each by names that no other of them answers to."""

    within: Phrases[str]  # in a sentence: 和阳镇, 和阳, 前郭村
    alone: dict[str, str]  # only as the whole answer: 前郭


class Towns:
    """The towns and villages of places.csv."""

    def __init__(self, villages: Sequence[Village], grammar: Grammar) -> None:
        self._villages = defaultdict[str, list[Village]](list)
        for it in villages:
            self._villages[it.county].append(it)
        self._grammar = grammar
        self._names = lru_cache(None)(self._named)

    def of(self, county: str) -> tuple[str, ...]:
        """The county's towns, by their full names."""
        return tuple(dict.fromkeys(it.town for it in self._villages.get(county, ())))

    def meant(self, county: str, text: str) -> str | None:
        """The one town of the county that an answer names: in full, in short, or by a village
        there."""
        said, names = self._grammar.sentence(text), self._names(county)
        wanted = {
            it.means
            for it in names.within.find(said.text)
            if not self._grammar.is_refused(said, it.start, it.end)
        }
        return wanted.pop() if len(wanted) == 1 else names.alone.get(said.text.strip())

    def _named(self, county: str) -> Names:
        villages = self._villages.get(county, ())
        own = _unique(pair for it in villages for pair in _names_of(it.town))
        there = _unique((it.name, it.town) for it in villages)
        known = {name: town for name, town in there.items() if len(name) > _SHORTEST}
        cores = _unique((it.name.removesuffix("村"), it.town) for it in villages)
        return Names(Phrases(known | own), cores)


def short_name(town: str) -> str:
    """和阳 of 和阳镇."""
    return _TAIL.sub("", town)


def _names_of(town: str) -> Iterator[tuple[str, str]]:
    yield town, town
    if len(short_name(town)) >= _SHORTEST:
        yield short_name(town), town


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    towns = defaultdict[str, set[str]](set)
    for name, town in pairs:
        towns[fold(name)].add(town)
    return {name: next(iter(it)) for name, it in towns.items() if len(it) == 1}
