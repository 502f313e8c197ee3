"""The trades a sentence names, by the names people have for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from bot.jobs.phrases import Found, Phrases, blank
from bot.jobs.sentences import Grammar, Sentence
from bot.jobs.vocabulary import Occupation, Speech
from bot.knowledge.sound import readings

_SOUNDED = range(5, 1, -1)  # signs of a name that may be misheard, the longest first
_BEFORE_TRADE = ("干", "找", "做", "当", "学", "会")
_AFTER_TRADE = ("工", "活", "员")
_CARDS = ("证", "本")  # "电焊证": can do it, which counts when nothing else is said
_SOLD = "卖"
_NEAR = 2  # signs between a field and the trade: "快递站点分拣"
_GIVEN_UP = re.compile("不(?:再|想)?(?P<doing>[焊跑开送看养种教修])了")  # "电焊伤眼，不焊了"
_AFTERTHOUGHT = 10  # signs within which that is meant for the trade
_PLAIN = re.compile(r"[^\W或和跟与也都还及到去当做干想]+")
_WITHIN = "个"
_WORKPLACES = ("厂", "院", "店", "场", "园", "馆", "队", "库", "房")
_MINDED = "看管守"
_SELLING = ("直播", "带货", "运营", "客服", "代加工")  # of what is named before
_OR = ("或", "、", "和", "还是", "也行", "也中", "都")


@dataclass(frozen=True, slots=True)
class Calling:
    """A trade by one of its names."""

    trade: str
    is_loose: bool
    is_workplace: bool = False  # "玻璃厂": yields to the work that is done there


@dataclass(frozen=True, slots=True)
class Named:
    """The trades wished for, and what somebody wants to learn."""

    trades: tuple[str, ...]
    learned: str | None = None
    is_outright: bool = False  # a trade was said, not only a place of work: "厂里"


class TradeReader:
    """Finds trades by the aliases of occupations.csv."""

    def __init__(self, occupations: Sequence[Occupation], speech: Speech, grammar: Grammar) -> None:
        self._groups = {it.name: it.group for it in occupations}
        names: dict[str, Calling] = {}
        for it in occupations:
            names |= {alias: Calling(it.name, True) for alias in it.loose}
        for it in occupations:
            names |= {alias: _outright_name(it, alias) for alias in (it.name, *it.aliases)}
        self._names = Phrases(names)
        self._sounds = {
            _sound(alias): it for alias, it in names.items() if len(alias) > 1 and not it.is_loose
        }
        self._asides = Phrases.of(speech.lists["asides"])
        self._fields = frozenset(speech.lists["fields"])
        self._contexts = speech.contexts
        self._grammar = grammar

    def read(self, said: Sentence, places: Iterable[Found[Any]] = ()) -> Named:
        """The trades that are wished for, in the order they are said; `places` name none."""
        text = blank(blank(said.text, places), list(self._asides.find(said.text)))
        found = self._find(text) or list(self._by_sound(text))
        found = list(self._heads(found, text))
        wanted = [it for it in found if not self._is_refused(said, it)]
        learned = [it for it in wanted if self._grammar.is_learned(said, it.start, it.end)]
        callings = [self._calling(text, it) for it in wanted if it not in learned]
        now = [not said.clause_at(it.start).is_past for it in wanted if it not in learned]
        rank, trades = _outright(callings, now)
        meant = dict.fromkeys(self._meant(trade, said.text) for trade in trades)
        return Named(tuple(meant), learned[0].means.trade if learned else None, rank == 0)

    def group(self, trade: str) -> str:
        """The group a trade belongs to."""
        return self._groups[trade]

    def _is_refused(self, said: Sentence, it: Found[Calling]) -> bool:
        name = said.text[it.start : it.end]
        over = _GIVEN_UP.search(said.text, it.end, it.end + _AFTERTHOUGHT)
        is_over = over is not None and over["doing"] in name
        return is_over or self._grammar.is_refused(said, it.start, it.end)

    def _find(self, text: str) -> list[Found[Calling]]:
        """Every name, though a 个 stands within it ("看个门"), but for what is sold."""
        places = [at for at, sign in enumerate(text) if sign != _WITHIN]
        close = "".join(text[at] for at in places)
        found = (
            Found(places[it.start], places[it.end - 1] + 1, it.means)
            for it in self._names.find(close)
        )
        return [it for it in found if text[it.start - 1 : it.start] != _SOLD]

    def _heads(self, found: Sequence[Found[Calling]], text: str) -> Iterator[Found[Calling]]:
        """Without what only tells where another is done: 电商 in 电商美工, 玻璃厂 in 玻璃厂质检."""
        for it, follower in zip_longest(found, found[1:]):
            if follower is not None and self._is_field(text, it, follower):
                continue
            if it.means.is_workplace and any(_is_done_at(text, it, other) for other in found):
                continue
            yield it

    def _is_field(self, text: str, it: Found[Calling], follower: Found[Calling]) -> bool:
        name, then = text[it.start : it.end], text[follower.start : follower.end]
        between = text[it.end : follower.start]
        if follower.means.is_loose or then in self._fields or len(between) > _NEAR:
            return False
        if between and (name not in self._fields or not _PLAIN.fullmatch(between)):
            return False
        return it.means.is_workplace or then.endswith(_SELLING) or name in self._fields

    def _calling(self, text: str, found: Found[Calling]) -> Calling:
        is_card = text.startswith(_CARDS, found.end)
        return Calling(found.means.trade, True) if is_card else found.means

    def _meant(self, trade: str, text: str) -> str:
        for named, words, means in self._contexts:
            if trade == named and any(word in text for word in words):
                return means
        return trade

    def _by_sound(self, text: str) -> Iterable[Found[Calling]]:
        """Names that only sound right: "电汉工"."""
        for at in range(len(text)):
            for length in _SOUNDED:
                end = at + length
                if end > len(text) or (length == 2 and not _is_of_work(text, at, end)):
                    continue
                calling = self._sounds.get(_sound(text[at:end]))
                if calling is not None:
                    yield Found(at, end, calling)
                    return


def _outright_name(occupation: Occupation, alias: str) -> Calling:
    is_workplace = len(alias) > 1 and alias.endswith(_WORKPLACES) and alias[0] not in _MINDED
    return Calling(occupation.name, False, is_workplace)


def _is_done_at(text: str, place: Found[Calling], other: Found[Calling]) -> bool:
    if other.means.is_loose or other.means.is_workplace or other.means.trade == place.means.trade:
        return False
    between = text[min(place.end, other.end) : max(place.start, other.start)]
    return not any(word in between for word in _OR)


def _outright(callings: Sequence[Calling], now: Sequence[bool]) -> tuple[int, list[str]]:
    """Trades said outright (0) before those hinted at (1), those wanted now before those that
    were."""
    ranked = list(zip(callings, now, strict=True))
    for is_loose, is_now in ((False, True), (False, False), (True, True)):
        fits = [it.trade for it, of_now in ranked if (it.is_loose, of_now) == (is_loose, is_now)]
        if fits and (is_now or not any(now)):
            return int(is_loose), fits
    return 1, []


def _is_of_work(text: str, start: int, end: int) -> bool:
    return text[:start].endswith(_BEFORE_TRADE) or text.startswith(_AFTER_TRADE, end)


def _sound(name: str) -> tuple[str, ...]:
    return tuple(readings(sign)[0] for sign in name)
