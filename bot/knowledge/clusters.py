"""Questions that ask the same, put together: what many people ask and no policy answers yet.

Pure, and the same for the same questions. The time grows with their number, not with its square:
a question is compared only with the few clusters that share its rarest pairs of syllables.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.knowledge.glossary import Glossary
from bot.knowledge.learned import Vectors
from bot.knowledge.normalise import plain, spoken
from bot.knowledge.sound import syllables

_ALIKE = 0.55  # cosine of two questions' rare syllables from which they ask the same
_ALIKE_IN_MEANING = 0.93  # cosine of two sentence vectors from which they do, if besides
_ALIKE_AT_ALL = 0.15  # their syllables are no less alike: 产假 and 年假 mean nearly the same
_LOOKED_UP = 8  # of a question's rarest features
_MOST_HELD = 60  # clusters a feature leads to; what more share it is no mark of any
_COMPARED = 12  # of those, how many that share most
_EXAMPLES = 5

_LONGEST = 400  # characters; of a longer story its end, where the question mostly stands

_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d-\d)\d(?:[ -]?\d){6,}[xX]?|\d+\*{3,}\d*", re.ASCII)
_ACCOUNT = re.compile(r"(?<![\w.-])(?=[a-z][a-z_.-]*\d)[\w.-]{6,40}", re.ASCII | re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+", re.ASCII)
_NAME = re.compile(r"((?:我|俺|本人|名字|姓名|名)(?:叫|是叫)|姓名[是:： ]?)([\u4e00-\u9fff]{2,3})")
_WIDE = str.maketrans("０１２３４５６７８９－＊", "0123456789-*")
_HIDDEN, _SOMEBODY = "***", "某某"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question without an answer."""

    question: str
    at: datetime
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask the same; all words of visitors are masked."""

    wording: str  # the one said most often
    count: int
    visitors: int
    first: datetime
    last: datetime
    examples: tuple[str, ...]  # further wordings, those said most often first
    members: tuple[int, ...]  # their places in what was clustered


Features = Mapping[str, float]


def masked(words: str) -> str:
    """`words` without numbers that may be a phone's, a card's or an account's, and without names
    that somebody introduces themselves with."""
    hidden = words[-_LONGEST:].translate(_WIDE)
    for pattern in (_MAIL, _NUMBER, _ACCOUNT):
        hidden = pattern.sub(_HIDDEN, hidden)
    return _NAME.sub(rf"\1{_SOMEBODY}", hidden)


def clusters(asked: Sequence[Asked], glossary: Glossary) -> list[Cluster]:
    """All of `asked`, clustered by letters and sound; the most asked first, then the latest."""
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, each in enumerate(asked):
        # Without its figures a question about 1500 and one about 1800 yuan ask the same.
        groups[tuple(syllables(plain(spoken(masked(each.question), glossary))))].append(at)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), len(group[0]), group[0]))
    features = _weighted([heard for heard, _ in ordered])
    found = _Leaders()
    for (_, members), weights in zip(ordered, features, strict=True):
        found.add(weights, members)
    return _sorted(_cluster(members, asked) for members in found.members)


def joined(found: Sequence[Cluster], vectors: Vectors, asked: Sequence[Asked]) -> list[Cluster]:
    """The same with those put together whose wordings mean the same: a row of `vectors`, of length
    one, each. Compares every two, so it is meant for some hundreds."""
    alike = vectors @ vectors.T >= _ALIKE_IN_MEANING
    features = list(_weighted([syllables(plain(each.wording)) for each in found]))
    kept: list[Cluster] = []
    free = np.ones(len(found), bool)
    for at in range(len(found)):
        if not free[at]:
            continue
        near = [int(it) for it in np.flatnonzero(alike[at] & free)]
        same = [it for it in near if _cosine(features[at], features[it]) >= _ALIKE_AT_ALL] or [at]
        free[same] = False
        kept.append(_cluster([member for it in same for member in found[it].members], asked))
    return _sorted(kept)


class _Leaders:
    """Clusters under way, each known by the features of its first question."""

    def __init__(self) -> None:
        self.members: list[list[int]] = []
        self._features: list[Features] = []
        self._holders: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, features: Features, members: Sequence[int]) -> None:
        """Put questions where they belong."""
        rarest = sorted(features, key=lambda name: (-features[name], name))[:_LOOKED_UP]
        near = Counter(at for name in rarest for at in self._holders[name])
        best, at = max(
            ((_cosine(features, self._features[at]), -at) for at, _ in _first(near)),
            default=(0.0, 0),
        )
        if best >= _ALIKE:
            self.members[-at].extend(members)
            return
        for name in rarest:
            if len(self._holders[name]) < _MOST_HELD:
                self._holders[name].append(len(self.members))
        self._features.append(features)
        self.members.append(list(members))


def _first(near: Counter[int]) -> list[tuple[int, int]]:
    """The clusters that share most."""
    return sorted(near.items(), key=lambda item: (-item[1], item[0]))[:_COMPARED]


def _weighted(heard: Sequence[Sequence[str]]) -> Iterator[Features]:
    """How much each syllable and pair tells, in vectors of length one."""
    held = Counter(name for names in heard for name in set(names))
    rarity = {name: math.log(1 + len(heard) / often) for name, often in held.items()}
    for names in heard:
        length = math.sqrt(sum(rarity[name] ** 2 for name in set(names))) or 1.0
        yield {name: rarity[name] / length for name in dict.fromkeys(names)}


def _cosine(one: Features, other: Features) -> float:
    few, many = sorted((one, other), key=len)
    return sum(weight * many.get(name, 0.0) for name, weight in few.items())


def _cluster(members: Sequence[int], asked: Sequence[Asked]) -> Cluster:
    mine = [asked[at] for at in sorted(members)]
    said = Counter(masked(each.question).strip() for each in mine)
    letters = Counter(sign for words in said for sign in set(words))
    wordings = sorted(said, key=lambda words: (-said[words], -_usual(words, letters), words))
    times = [each.at for each in mine]
    visitors = len({each.visitor for each in mine})
    few = tuple(wordings[1 : 1 + _EXAMPLES])
    return Cluster(
        wordings[0], len(mine), visitors, min(times), max(times), few, tuple(sorted(members))
    )


def _usual(words: str, letters: Counter[str]) -> float:
    """How usual the letters of a wording are among all: a slip of the pen is not."""
    return sum(letters[sign] for sign in words) / len(words) if words else 0.0


def _sorted(found: Iterable[Cluster]) -> list[Cluster]:
    return sorted(found, key=lambda each: (-each.count, -each.last.timestamp(), each.wording))
