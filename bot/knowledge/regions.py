"""Which places outside ours a question asks about: 石家庄的创业补贴, but not 从石家庄回来."""

from __future__ import annotations

import re

from bot.knowledge.glossary import Glossary
from bot.knowledge.policies import Policy

_EVERYWHERE = "全国"


class Regions:
    """Finds places, by the words of the glossary."""

    def __init__(self, glossary: Glossary) -> None:
        """`glossary` holds the places, the words that make one a place of the story, and those
        that point back to it: 我在德州上班，那边最低工资多少."""
        place = _either(glossary.far_places)
        from_there = f"(?<!{')(?<!'.join(map(re.escape, glossary.on_the_way))})"
        claimed = f"{_either(glossary.here)}(?={place}{_either(glossary.claiming_there)})"
        not_there = f"(?!{_either(glossary.there)})"
        within = f"(?:{place}|{_either(glossary.kinds_of_place)})*+"  # 江苏昆山那边
        named = f"(?P<place>{place}){within}"
        self._asked = re.compile(f"(?:{claimed}|{from_there}){named}{not_there}")
        pointed = f"[,，。;；?？]{_either(glossary.pointing)}"
        self._turned_home = re.compile(f"[,，。;；?？](?:那|那么)?{_either(glossary.ours)}")
        self._pointed_at = re.compile(f"(?P<place>{place})[^,，。;；?？]*{pointed}")

    def asked(self, text: str) -> frozenset[str]:
        """The places that a folded `text` asks about, as it names them."""
        found = (*self._asked.finditer(text), *self._pointed_at.finditer(text))
        if found and self._turned_home.search(text, max(match.end() for match in found)):
            return frozenset()
        return frozenset(match["place"] for match in found)


def holds_in(policy: Policy, places: frozenset[str]) -> bool:
    """Whether `policy` may be told to somebody who asks about `places`."""
    if policy.region == _EVERYWHERE:
        return True
    return all(place in policy.text for place in places)


def _either(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
