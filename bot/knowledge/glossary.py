"""The words of content/glossary.yaml: sections, fillers, mishearings and cue words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.knowledge.policies import Part


@dataclass(frozen=True, slots=True)
class Glossary:
    """How people say things, as staff keep it."""

    headings: dict[Part, str]
    silent: str  # how a text says that its source does not tell
    fillers: tuple[str, ...]
    misheard: dict[str, str]
    aspects: dict[Part, tuple[str, ...]]  # words that ask for a section
    asking: tuple[str, ...]  # words that make a clause a question
    asking_last: tuple[str, ...]  # words that make a clause a question at its end
    not_asking: tuple[str, ...]  # words that hold such a word and ask nothing
    announcing: tuple[str, ...]  # words that announce a question
    joining: tuple[str, ...]  # words at which a clause about another matter begins
    following: tuple[str, ...]  # words that lean on what was spoken of before
    others: tuple[str, ...]  # relatives and friends somebody asks for
    cases: tuple[str, ...]  # kinds of people, firms and places that one matter may be asked for
    holding: tuple[str, ...]  # words that ask whether it still holds
    now: tuple[str, ...]  # words for this day
    years: dict[str, int]  # words for years, counted from this one
    light: tuple[str, ...]  # small words that may stand inside a wrong idea
    several: tuple[str, ...]  # words that ask one thing about several matters
    claiming: tuple[str, ...]  # words that ask whether something is so
    counting: tuple[str, ...]  # words that ask for a number
    giving: tuple[str, ...]  # words of a clause about what is given
    far_places: tuple[str, ...]  # places whose policies are not ours
    kinds_of_place: tuple[str, ...]  # what follows a place's name: 市, 那边
    pointing: tuple[str, ...]  # words for a place that was named before: 那边
    ours: tuple[str, ...]  # words for our own place: 咱这儿
    on_the_way: tuple[str, ...]  # what stands before a place of the story: 从, 去
    there: tuple[str, ...]  # what stands behind one: 打工, 回来
    here: tuple[str, ...]  # 在, before a place where something is claimed
    claiming_there: tuple[str, ...]  # what is done where something is claimed: 领, 申请


def read_glossary(content: Path) -> Glossary:
    """The glossary of `content`."""
    return _glossary((content / "glossary.yaml").read_text(encoding="utf-8"))


@lru_cache(4)
def _glossary(text: str) -> Glossary:
    raw = yaml.load(text, yaml.CSafeLoader)
    return Glossary(
        headings={part: raw["sections"][part] for part in Part},
        silent=raw["silent"],
        fillers=tuple(sorted(map(str, raw["fillers"]), key=len, reverse=True)),
        misheard={str(wrong): str(right) for wrong, right in raw["misheard"].items()},
        aspects={Part(part): tuple(map(str, cues)) for part, cues in raw["aspects"].items()},
        asking=tuple(map(str, raw["asking"])),
        asking_last=tuple(map(str, raw["asking_last"])),
        not_asking=tuple(map(str, raw["not_asking"])),
        announcing=tuple(map(str, raw["announcing"])),
        joining=tuple(map(str, raw["joining"])),
        following=tuple(map(str, raw["following"])),
        others=tuple(map(str, raw["others"])),
        cases=tuple(map(str, raw["cases"])),
        holding=tuple(map(str, raw["holding"])),
        now=tuple(map(str, raw["now"])),
        years={str(words): int(years) for words, years in raw["years"].items()},
        light=tuple(map(str, raw["light"])),
        several=tuple(map(str, raw["several"])),
        claiming=tuple(map(str, raw["claiming"])),
        counting=tuple(map(str, raw["counting"])),
        giving=tuple(map(str, raw["giving"])),
        far_places=tuple(map(str, raw["far_places"])),
        kinds_of_place=tuple(map(str, raw["kinds_of_place"])),
        pointing=tuple(map(str, raw["pointing"])),
        ours=tuple(map(str, raw["ours"])),
        on_the_way=tuple(map(str, raw["on_the_way"])),
        there=tuple(map(str, raw["there"])),
        here=tuple(map(str, raw["here"])),
        claiming_there=tuple(map(str, raw["claiming_there"])),
    )
