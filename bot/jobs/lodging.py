"""Whether lodging and meals are asked for, or not needed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.jobs.phrases import Phrases, blank
from bot.jobs.sentences import Sentence
from bot.jobs.vocabulary import Speech

_AFTER = 7  # signs


class LodgingReader:
    """Reads lodging and meals by the words of speech.yaml."""

    def __init__(self, speech: Speech) -> None:
        lists = speech.lists
        given: dict[str, tuple[str, ...]] = dict.fromkeys(lists["meals"], ("meals",))
        given |= dict.fromkeys(lists["housing"], ("housing",))
        given |= dict.fromkeys(lists["board"], ("housing", "meals"))
        self._given = Phrases(given)
        self._aside = Phrases.of(lists["not_lodging"])
        self._own_bed = Phrases.of(lists["own_bed"])
        self._no_need = _ending(lists["no_need"])
        self._no_matter = _beginning(lists["no_matter"])
        self._or_not = _beginning(lists["or_not"])

    def read(self, said: Sentence) -> dict[str, bool]:
        """ "housing" and "meals", as far as they are said: True wanted, False not needed."""
        wanted: dict[str, bool] = {}
        own = list(self._own_bed.find(said.text))
        text = blank(said.text, own)
        text = blank(text, list(self._aside.find(text)))
        for found in self._given.find(text):
            before = text[max(0, found.start - 4) : found.start]
            after = text[found.end : found.end + _AFTER]
            need = self._need(before, after)
            for what in found.means if need is not None else ():
                wanted.setdefault(what, bool(need))
        if own:
            wanted.setdefault("housing", False)
        return wanted

    def _need(self, before: str, after: str) -> bool | None:
        """True: asked for; False: not needed; None: no matter."""
        is_denied = bool(self._no_need.search(before))
        if self._no_matter.match(after):
            return None
        if is_denied and self._or_not.match(after):
            return True
        return not is_denied


def _ending(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"(?<![管包有])(?:{'|'.join(words)})$")


def _beginning(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"(?:的|不)?(?:厂子?|就|咱|俺|我|那)?(?:{'|'.join(words)})")
