"""What a sentence says about the work somebody wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from bot.jobs.ages import age
from bot.jobs.intent import IntentReader
from bot.jobs.kinds import KindReader
from bot.jobs.lodging import LodgingReader
from bot.jobs.pay import PayReader
from bot.jobs.phrases import Phrases
from bot.jobs.places import Kind, PlaceReader, Places
from bot.jobs.sentences import Grammar, Sentence
from bot.jobs.towns import Towns
from bot.jobs.trades import TradeReader
from bot.jobs.vocabulary import read_occupations, read_speech, read_villages
from dialogs.work import ANYWHERE, Wish, WorkType

LONGEST = 500  # signs of a message that are read
KEPT = 256  # readings; a conversation reads the same few again at every turn
_AROUND = re.compile(r"^[\s,，。.!！~]+|[\s吧的了呗啊哈,，。.!！~]+$")
AT_HOME = "居家"  # the group of trades that are done at home


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said, and how far it goes: the words themselves rather than what follows of them."""

    wish: Wish
    places: Places
    is_outright: bool = False  # a trade was named, not only a place of work

    def said(self) -> Mapping[str, object]:
        """Every field that was said, by name; what was not said has no key. `away` is a list of
        places, True for anywhere, False when they will not go away."""
        wish, places = self.wish, self.places
        away = list(places.outside) or places.is_anywhere or (False if places.stays else None)
        found: dict[str, object] = {
            "counties": list(places.counties) or None,
            "occupations": list(wish.occupations) or None,
            "pay_min": wish.pay_min,
            "pay_unit": wish.pay_unit,
            "work_type": wish.work_type,
            "housing": wish.housing,
            "meals": wish.meals,
            "away": away,
            "age": wish.age,
        }
        return {name: value for name, value in found.items() if value is not None}


class WorkReader:
    """Reads sentences about work by the words of content/directory."""

    def __init__(self, folder: Path) -> None:
        """`folder`: content/directory. Raises DirectoryError."""
        speech = read_speech(folder)
        grammar = Grammar(speech)
        self._sentence = lru_cache(KEPT)(grammar.sentence)
        occupations = read_occupations(folder)
        self._urban = speech.lists["urban"]
        villages = read_villages(folder)
        self._trades = TradeReader(occupations, speech, grammar)
        self._places = PlaceReader(villages, speech, grammar)
        self._counties = tuple(dict.fromkeys(it.county for it in villages))
        self._towns = Towns(villages, grammar)
        self._pay = PayReader(speech, grammar)
        self._kinds = KindReader(speech, grammar)
        self._lodging = LodgingReader(speech)
        self._intents = IntentReader(speech)
        self._groups: dict[str, tuple[str, ...]] = {}
        for it in occupations:
            self._groups[it.group] = (*self._groups.get(it.group, ()), it.name)
        self._any = frozenset(speech.lists["any"])
        self._near = Phrases.of(speech.lists["near_home"])
        self.read = lru_cache(KEPT)(self._read)

    def wish(self, text: str) -> Wish:
        """What a sentence says; a city is its urban counties."""
        return self.read(text).wish

    def intent(self, text: str) -> Literal["wish", "search"] | None:
        """Whether somebody wants work, or asks what work there is; None for all else."""
        reading = self.read(text)
        said = self._sentence(text[:LONGEST])
        groups = {self._trades.group(trade) for trade in reading.wish.occupations}
        return self._intents.intent(said, reading.said(), groups, reading.is_outright)

    def is_question(self, text: str) -> bool:
        """Whether a sentence asks for rules rather than for work."""
        return self._intents.is_question(self._sentence(text[:LONGEST]))

    def asks(self, text: str) -> bool:
        """Whether a sentence is put as a question."""
        return self._intents.asks(self._sentence(text[:LONGEST]))

    def is_any(self, text: str) -> bool:
        """Whether somebody says that anything will do."""
        return _AROUND.sub("", self._sentence(text[:LONGEST]).text) in self._any

    def is_near(self, text: str) -> bool:
        """Whether somebody wants to work near where they live."""
        return self._near.within(self._sentence(text[:LONGEST]).text)

    def counties(self) -> tuple[str, ...]:
        """The counties, by their full names."""
        return self._counties

    def towns(self, county: str) -> tuple[str, ...]:
        """The county's towns, by their full names."""
        return self._towns.of(county)

    def town(self, county: str, text: str) -> str | None:
        """The one town of the county that an answer names, in short or by a village there."""
        return self._towns.meant(county, text[:LONGEST])

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of trades, each with its trades."""
        return self._groups

    def _read(self, text: str) -> Reading:
        said = self._sentence(text[:LONGEST])
        places = self._places.read(said)
        named = self._trades.read(said, places.spans)
        pay = self._pay.read(said)
        lodging = self._lodging.read(said)
        counties = places.counties or (self._urban if places.is_city else ())
        away = places.outside or ((ANYWHERE,) if places.is_anywhere else ())
        wish = Wish(
            named.trades, counties, self._towns_of(said, places), away, pay.least, pay.unit,
            self._kind(said, named.trades), lodging.get("housing"), lodging.get("meals"),
            self._kinds.hours(said), age(said), named.learned,
        )  # fmt: skip
        return Reading(wish, places, named.is_outright)

    def _towns_of(self, said: Sentence, places: Places) -> tuple[str, ...]:
        """The towns that were said, or those of the villages that were."""
        if places.towns or len(places.counties) != 1:
            return places.towns
        villages = (it for it in places.spans if it.means.kind is Kind.VILLAGE)
        named = (said.text[it.start : it.end] for it in villages)
        towns = (self._towns.meant(places.counties[0], it) for it in named)
        return tuple(dict.fromkeys(it for it in towns if it))

    def _kind(self, said: Sentence, trades: tuple[str, ...]) -> WorkType | None:
        is_home_work = bool(trades) and all(
            self._trades.group(trade) == AT_HOME for trade in trades
        )
        return self._kinds.kind(said) or (WorkType.AT_HOME if is_home_work else None)
