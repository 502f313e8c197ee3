"""The places a sentence names: counties, towns and villages of Xingtai, and places outside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import zip_longest

from bot.jobs.phrases import Found, Phrases
from bot.jobs.sentences import Grammar, Sentence
from bot.jobs.towns import short_name
from bot.jobs.vocabulary import Speech, Village
from bot.knowledge.normalise import fold

_LEFT = re.compile(r".{0,4}(?:回来|回的|回老家|回家|打工回|干过|打过工|干了|待了|呆了|打了)")
_THERE = re.compile(r"(?:^|[^想要就能愿])在$")
_WORKING = re.compile(r"(?:打工|上班|干活)(?:的|呢|着|[,，。 ]|$)")
_FROM = re.compile(r"(?:从|打从|离开|刚从|才从)$")
_PROVINCE_SIGN = 1  # 山东省滨州
_SHORTEST = 3  # signs by which a town or village is known without 镇 or 村


class Kind(Enum):
    """What a place is."""

    COUNTY = auto()
    TOWN = auto()
    VILLAGE = auto()
    OUTSIDE = auto()
    REGION = auto()  # several places outside
    ANYWHERE = auto()
    STAY = auto()
    CITY = auto()
    NOWHERE = auto()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by one of its names; `names`: of counties or places outside, `town`: of a town."""

    kind: Kind
    names: tuple[str, ...] = ()
    town: str = ""
    is_common: bool = False  # other towns have one of that name
    needs_sign: bool = False  # counts only beside words for a place


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody wants to work, as far as they said."""

    counties: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    is_anywhere: bool = False
    stays: bool = False  # said that they will not go away
    is_city: bool = False  # "市里"
    spans: tuple[Found[Spot], ...] = ()  # where in the sentence they stand


class PlaceReader:
    """Finds places by places.csv and the lists of speech.yaml."""

    def __init__(self, villages: Sequence[Village], speech: Speech, grammar: Grammar) -> None:
        spots = (
            _villages(villages)
            | _towns(villages, speech)
            | _counties(villages)
            | _elsewhere(speech)
        )
        names = fold("\n".join(spots)).split("\n")  # as sentences are: 尖塚镇 is heard as 尖冢镇
        self._spots = Phrases(dict(zip(names, spots.values(), strict=True)))
        before, after = speech.lists["near_before"], speech.lists["near_after"]
        self._signs = (tuple(before), tuple(after))
        self._home = re.compile(f"(?:{'|'.join(speech.lists['home'])})$")
        self._provinces = frozenset(speech.lists["provinces"])
        self._grammar = grammar

    def read(self, said: Sentence) -> Places:
        """The places wished for; a home counts when no other is named."""
        spots = self._wanted(said)
        goals = [it for it in spots if not self._is_home(said, it)]
        fits = goals if any(_is_goal(it.means.kind) for it in goals) else spots
        means = [it.means for it in fits]
        counties = _of_counties(means)
        outside = [name for it in means if it.kind in _OUTSIDE for name in it.names]
        refused = self._refused(said)
        return Places(
            tuple(counties),
            tuple(dict.fromkeys(it.town for it in means if it.kind is Kind.TOWN)),
            tuple(dict.fromkeys(outside)),
            any(it.kind is Kind.ANYWHERE for it in means),
            any(it.kind is Kind.STAY for it in means) or refused,
            any(it.kind is Kind.CITY for it in means) and not outside,
            tuple(it for it in spots if it.means.kind in _IN_XINGTAI),
        )

    def _wanted(self, said: Sentence) -> list[Found[Spot]]:
        kept: list[Found[Spot]] = []
        for it in self._spots.find(said.text):
            after_place = bool(kept) and it.start - kept[-1].end <= 1 and not kept[-1].means.town
            if it.means.is_common and after_place and kept[-1].means.names != it.means.names:
                continue
            if self._counts(said, it):
                kept.append(it)
        return [it for it, then in zip_longest(kept, kept[1:]) if not self._leads_to(it, then)]

    def _leads_to(self, it: Found[Spot], then: Found[Spot] | None) -> bool:
        """Whether it only tells where the next one is: 山东 in 山东滨州."""
        if then is None or then.means.kind is not Kind.OUTSIDE:
            return False
        is_province = [self._provinces.issuperset(one.means.names or ("",)) for one in (it, then)]
        return is_province == [True, False] and then.start - it.end <= _PROVINCE_SIGN

    def _counts(self, said: Sentence, it: Found[Spot]) -> bool:
        if it.means.kind is Kind.NOWHERE:
            return False
        if it.means.needs_sign and not self._has_sign(said.text, it):
            return False
        before = said.text[max(0, it.start - 4) : it.start]
        if it.means.kind in _OUTSIDE or it.means.kind is Kind.COUNTY:
            left = _LEFT.match(said.text, it.end, said.clause_at(it.start).end)
            is_left = bool(left) and (it.means.kind in _OUTSIDE or before.endswith("在"))
            is_there = _THERE.search(before) and _WORKING.match(said.text, it.end)
            if _FROM.search(before) or is_left or is_there:
                return False
            if it.means.kind in _OUTSIDE and said.clause_at(it.start).is_past:
                return False
        if it.means.kind is Kind.STAY:
            return True
        return not self._grammar.is_refused(said, it.start, it.end)

    def _refused(self, said: Sentence) -> bool:
        """Whether going away at all is refused."""
        return any(
            it.means.kind is Kind.ANYWHERE and self._grammar.is_refused(said, it.start, it.end)
            for it in self._spots.find(said.text)
        )

    def _is_home(self, said: Sentence, it: Found[Spot]) -> bool:
        start = said.clause_at(it.start).start
        return bool(self._home.search(said.text, start, it.start))

    def _has_sign(self, text: str, it: Found[Spot]) -> bool:
        before, after = self._signs
        return text[: it.start].endswith(before) or text.startswith(after, it.end)


_IN_XINGTAI = (Kind.COUNTY, Kind.TOWN, Kind.VILLAGE)
_OUTSIDE = (Kind.OUTSIDE, Kind.REGION)


def _is_goal(kind: Kind) -> bool:
    return kind is not Kind.STAY


def _of_counties(means: Iterable[Spot]) -> list[str]:
    """The counties meant; a town or village that several counties have is in the one named."""
    means = list(means)
    named = [name for it in means if it.kind is Kind.COUNTY for name in it.names]
    counties = dict.fromkeys(named)
    for it in means:
        if it.kind in (Kind.TOWN, Kind.VILLAGE):
            is_told = any(name in counties for name in it.names)
            if not is_told and len(it.names) == 1 and (it.kind is Kind.TOWN or not counties):
                counties[it.names[0]] = None
    return list(counties)


def _counties(villages: Sequence[Village]) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    for county in {it.county for it in villages}:
        spots[county] = Spot(Kind.COUNTY, (county,))
        if len(county) == _SHORTEST:  # 威县 has no shorter name, but 清河县 has
            spots[county[:2]] = Spot(Kind.COUNTY, (county,))
    return spots


def _towns(villages: Sequence[Village], speech: Speech) -> dict[str, Spot]:
    homes = _by_name((it.town, it.county) for it in villages)
    known = _by_name((_core(it.name), it.county) for it in villages)
    ordinary = set(speech.lists["ordinary"])
    spots: dict[str, Spot] = {}
    for town, counties in homes.items():
        spot = Spot(Kind.TOWN, counties, town)
        spots[town] = spot
        short = short_name(town)
        is_theirs = set(known.get(short, counties)) <= set(counties)
        if is_theirs and short not in ordinary:
            spots.setdefault(short, replace(spot, needs_sign=len(short) < _SHORTEST))
    return spots


def _villages(villages: Sequence[Village]) -> dict[str, Spot]:
    found = _by_name((_core(it.name), it.county) for it in villages)
    return {
        f"{core}村": Spot(Kind.VILLAGE, counties, needs_sign=True)
        for core, counties in found.items()
        if len(core) > 1
    }


def _elsewhere(speech: Speech) -> dict[str, Spot]:
    tables, lists = speech.tables, speech.lists
    common = set(lists["common_names"])
    spots = {word: Spot(Kind.NOWHERE) for word in lists["nowhere"]}
    spots |= {word: Spot(Kind.CITY) for word in lists["city"]}
    spots |= {word: Spot(Kind.ANYWHERE) for word in lists["anywhere"]}
    spots |= {word: Spot(Kind.STAY) for word in lists["stay"]}
    for name, others in tables["outside"].items():
        spots |= {word: Spot(Kind.OUTSIDE, (name,)) for word in (name, *others)}
    spots |= {word: Spot(Kind.REGION, tuple(it)) for word, it in tables["regions"].items()}
    spots |= {
        word: Spot(Kind.COUNTY, (county,), is_common=word in common)
        for word, county in tables["old_names"].items()
    }
    return spots


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, county in pairs:
        found[name][county] = None
    return {name: tuple(counties) for name, counties in found.items()}


def _core(name: str) -> str:
    return name.removesuffix("社区").removesuffix("村")
