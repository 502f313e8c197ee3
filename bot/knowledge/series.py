"""What a figure was in the period that somebody asks about, and what it was before and after."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.bm25 import grams
from bot.knowledge.normalise import plain
from bot.knowledge.periods import Period
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Figure, Policy, Publication
from bot.knowledge.quantities import in_digits, quantities

MOST = 3  # matters told at once
_MONEY = re.compile(r"[元%]|\d/\d")
_NUMBER = re.compile(r"\d")
_ALSO_MEANT = 0.6  # of how well the best matter fits the question


@dataclass(frozen=True, slots=True)
class Dated:
    """What is said about a period: whether any figure is known to hold in it, and from where."""

    words: tuple[str, ...]
    is_known: bool
    sources: frozenset[str]


class Series:
    """Tells figures with their dates."""

    def __init__(self, publications: Mapping[str, Publication], phrases: Phrases) -> None:
        """`publications`: the documents that figures stand in, by key."""
        self._publications = publications
        self._phrases = phrases

    def tell(self, policy: Policy, periods: Sequence[Period], question: str) -> Dated | None:
        """The figures of `periods`; None where the policy's own sentences say it all."""
        everything = _matters(policy)
        matters = _meant(everything, question)
        if not matters:
            return None
        plainly = all(len(figures) == 1 and self._is_plain(policy, figures[0], periods)
                      for figures in matters.values())  # fmt: skip
        if plainly:
            return None
        known = _meet(matters, periods)
        if not known:  # something else of the same policy may be known to have held then
            others = [name for name in everything if _meet({name: everything[name]}, periods)]
            matters |= {name: everything[name] for name in others[:MOST]}
        told = [line for period in periods for line in self._of(policy, matters, period)]
        figures = [figure for of_one in matters.values() for figure in of_one]
        sources = frozenset(figure.source for figure in figures)
        return Dated(tuple(dict.fromkeys(told)), known, sources)

    def results(self, policy: Policy, periods: Sequence[Period]) -> tuple[str, ...]:
        """A warning, when the results of `periods` are asked for and those of others are known."""
        figures = [each for each in policy.figures if each.kind == "result" and each.until]
        for period in periods:
            if figures and not any(_meets(figure, period) for figure in figures):
                return (self._phrases.say("no_results", period=period.words),)
        return ()

    def _is_plain(self, policy: Policy, figure: Figure, periods: Sequence[Period]) -> bool:
        return all(
            _meets(figure, period) and not self._is_open(policy, figure, period)
            for period in periods
        )

    def _is_open(self, policy: Policy, figure: Figure, period: Period) -> bool:
        """Whether a report tells of an earlier time only, and nobody knows about `period`."""
        publication = self._publications[figure.source]
        told = publication.published or figure.since
        is_later = told is not None and period.first > told
        is_law = policy.status == "in_force" and publication.kind in ("statute", "rule")
        return figure.until is None and is_later and not is_law

    def _of(
        self, policy: Policy, matters: Mapping[str, list[Figure]], period: Period
    ) -> Iterator[str]:
        """What is known of `period`; what is not is said once for all matters."""
        unknown = {name: of_one for name, of_one in matters.items()
                   if not any(_meets(each, period) for each in of_one)}  # fmt: skip
        for name in (each for each in matters if each not in unknown):
            yield from self._lines(policy, name, matters[name], period)
        if unknown:
            yield self._phrases.say("no_period", names=[*unknown], period=period.words)
        for name, figures in unknown.items():
            for figure in figures:
                yield self._say("period_known", figure, name=name)

    def _lines(
        self, policy: Policy, name: str, figures: Sequence[Figure], period: Period
    ) -> Iterator[str]:
        now = [figure for figure in figures if _meets(figure, period)][-1]
        key = "period_open" if self._is_open(policy, now, period) else "period_holds"
        yield self._say(key, now, name=name, period=period.words)
        at = figures.index(now)
        for place, figure in enumerate(figures):
            if place != at and _sums(figure) != _sums(now):
                yield self._say("period_before" if place < at else "period_after", figure)

    def _say(self, key: str, figure: Figure, **facts: str) -> str:
        span = self._phrases.say("span", held=figure.held, since=figure.since, until=figure.until)
        return self._phrases.say(key, amount=figure.amount, per=figure.per, span=span, **facts)


def _matters(policy: Policy) -> dict[str, list[Figure]]:
    """Entitlements in numbers, in order of time, by what they are periods of."""
    figures = [
        each
        for each in policy.figures
        if each.kind == "entitlement" and _NUMBER.search(each.amount)
    ]
    money = [each for each in figures if _MONEY.search(each.amount)]
    matters: dict[str, list[Figure]] = {}
    for figure in money or figures:
        matters.setdefault(figure.matter, []).append(figure)
    return {name: sorted(of_one, key=_begun) for name, of_one in matters.items()}


def _meant(matters: Mapping[str, list[Figure]], question: str) -> dict[str, list[Figure]]:
    """Those that the words of `question` name, or else the first few."""
    names = {name: _pairs(name) for name in matters}
    held = Counter(gram for each in names.values() for gram in each)
    said = _pairs(question)
    worth = {
        name: sum(math.log(len(names) / held[gram]) for gram in each & said)
        for name, each in names.items()
    }
    bar = _ALSO_MEANT * max(worth.values(), default=0.0)
    meant = [name for name in matters if worth[name] >= bar]
    return {name: matters[name] for name in meant[:MOST]}


def _meet(matters: Mapping[str, Sequence[Figure]], periods: Sequence[Period]) -> bool:
    """Whether anything among `matters` holds in one of `periods`."""
    return any(
        _meets(figure, period)
        for figures in matters.values()
        for figure in figures
        for period in periods
    )


def _meets(figure: Figure, period: Period) -> bool:
    """Whether `figure` holds on any day of `period`."""
    day = max(period.first, figure.since) if figure.since else period.first
    return day <= period.last and figure.holds_on(day)


def _sums(figure: Figure) -> set[tuple[float, float]]:
    """The amounts of `figure`, however they are written: 1000元 and 吸纳1人1000元 are the same."""
    found = quantities(in_digits(figure.amount))
    sums = {(each.least, each.most) for each in found if each.unit == "元"}
    return sums or {(each.least, each.most) for each in found}


def _pairs(text: str) -> frozenset[str]:
    return frozenset(gram for gram in grams(plain(text)) if len(gram) > 1)


def _begun(figure: Figure) -> str:
    return figure.since.isoformat() if figure.since else ""
