"""How far what is told still holds: of the policy, of its other sources, of each figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.normalise import fold
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Policy, Publication
from bot.knowledge.recent import Recent

_KEPT = 512  # notes
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Ended:
    """Amounts that held until one day, or in a time that the source gives in words."""

    held: str
    until: date
    amounts: tuple[str, ...]


class Notes:
    """Writes the note under an answer."""

    def __init__(self, publications: Mapping[str, Publication], phrases: Phrases) -> None:
        """`publications`: the documents that policies cite, by key."""
        self._publications = publications
        self._phrases = phrases
        self._written: Recent[tuple[object, ...], str] = Recent(_KEPT)

    def note(self, policy: Policy, sources: Sequence[str], words: str, today: date) -> str:
        """True for `words`, which are told of `policy` and stand in `sources`."""
        ended = _ended(policy, sources, words, today)
        key = (policy.id, *sources, *ended, today)
        note = self._written.get(key)
        if note is None:
            note = self._written.keep(key, self._write(policy, sources, ended, today))
        return note

    def _write(
        self, policy: Policy, sources: Sequence[str], ended: Sequence[Ended], today: date
    ) -> str:
        main = policy.sources[0]
        others = [key for key in sources if key != main and not self._is_law(key)]
        notes = []
        if main in sources or not others:
            notes.append(self._main(policy, bool(others), today))
        if others and not notes:
            notes.append(self._phrases.say("note_others"))
        elif others and standing(policy, today) != "historical":
            notes.append(self._phrases.say("note_further"))
        if ended and standing(policy, today) != "expired":
            notes.append(self._phrases.say("note_ended", ended=ended))
        return "".join(notes)

    def _is_law(self, key: str) -> bool:
        return self._publications[key].kind == "statute"

    def _main(self, policy: Policy, others: bool, today: date) -> str:
        state = standing(policy, today)
        key = "unchecked" if state == "in_force" and today > policy.recheck_by else state
        begun = policy.valid_from or policy.published
        return self._phrases.say(
            f"note_{key}",
            others=others,
            is_news=self._publications[policy.sources[0]].kind == "news",
            year=begun and begun.year,
            published=policy.published,
            verified_on=policy.verified_on,
            valid_from=policy.valid_from,
            valid_until=policy.valid_until,
        )


def standing(policy: Policy, today: date) -> str:
    """Whether `policy` is historical, in_force, expired or not_yet in force on `today`."""
    if policy.status == "historical":
        return "historical"
    if policy.valid_from is not None and today < policy.valid_from:
        return "not_yet"
    return "in_force" if policy.holds_on(today) else "expired"


def even(text: str) -> str:
    """`text` folded and without spaces, so that figures can be compared."""
    return _SPACE.sub("", fold(text))


def _ended(policy: Policy, sources: Sequence[str], words: str, today: date) -> list[Ended]:
    """The entitlements of `sources` in `words` that hold no longer, by the time they held."""
    past = [each for each in policy.figures if each.until is not None and each.until < today]
    lasting = {each.amount for each in policy.figures if not each.until or each.until >= today}
    told = _SPACE.sub("", words) if past else ""
    times: dict[tuple[str, date], dict[str, None]] = {}
    for figure in past:
        is_told = figure.source in sources and _SPACE.sub("", figure.amount) in told
        is_old = figure.kind == "entitlement" and figure.amount not in lasting
        if is_told and is_old and figure.until:
            times.setdefault((figure.held, figure.until), {})[figure.amount] = None
    return [Ended(held, until, tuple(amounts)) for (held, until), amounts in times.items()]
