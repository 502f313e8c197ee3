"""The form of a wish: what the answers say together, what is still to be asked, the summary.

A sentence fills whatever it says at whichever question it comes, and only the rest is asked. The
wish is what all answers say, in the order in which they were given.
"""

from __future__ import annotations

from dataclasses import replace

from dialogs.consent import Purpose
from dialogs.fields import (
    BEDS,
    Reader,
    answer,
    confirmation,
    emptied,
    has,
    joined,
    opening,
    sums,
)  # fmt: skip
from dialogs.talk import Pause, Question, Reply, Talk
from dialogs.work import Wish, WorkType

RIGHT, AGAIN, DROP = "对", "重填", "不找了"
EDITS = {
    "改工种": "occupations", "改地方": "counties", "改类型": "work_type", "改工资": "pay",
    "改吃住": "housing",
}  # fmt: skip
FIELDS = tuple(EDITS.values())  # in the order in which they are asked
MOST_ASKED = 5
MOST_BESIDE = 20  # sentences kept that answered no question; a further one replaces the last
_PICKING = ("said", "occupations")  # questions at which a group of trades may be picked
_TELLING = ("said", "trade", *FIELDS)  # questions whose answers say something of the wish
_AWAY_FROM_HOME = (None, WorkType.FULL_TIME, WorkType.SHORT)


class Form:
    """The wish as far as it is told, and what is still to be asked."""

    def __init__(self, talk: Talk, reader: Reader, before: Wish, is_kept: bool = False) -> None:
        """`before`: what was known before anything was said; `is_kept`: it is a confirmed wish,
        whose gaps are meant."""
        is_anew = AGAIN in talk.answers
        self._talk = talk
        self._reader = reader
        self._before = Wish() if is_anew else before
        self._is_kept = is_kept and not is_anew

    async def begin(self) -> None:
        """The first question, unless something is known already."""
        if self._before == Wish():
            await ask(self._talk, "said", opening(self._reader))

    def wish(self) -> Wish:
        """What all answers say together."""
        wish = self._before
        for question, said in self._talk.answers.items():
            wish = self._with(wish, question, said)
        return wish

    async def settle(self) -> Wish:
        """Ask for the rest, and have it confirmed."""
        for field in FIELDS:
            await self._fill(field)
        wish = self.wish()
        labels = (RIGHT, *EDITS, AGAIN, *((DROP,) if self._is_kept else ()))
        self._talk.say(Reply("wish.summary", {"wish": wish}))
        said = await ask(self._talk, "confirm", confirmation(self._reader, labels))
        if said in (RIGHT, DROP):
            return wish
        self._correct(said)
        await self.begin()
        return await self.settle()

    def _correct(self, said: str) -> None:
        answers = self._talk.answers
        del answers["confirm"]
        if said == AGAIN:
            kept = {name: it for name, it in answers.items() if name.startswith(Purpose.REGISTER)}
            self._talk.answers = kept | {AGAIN: AGAIN}
            self._before, self._is_kept = Wish(), False
        elif said in EDITS:
            for name in ("edit", EDITS[said], *(("trade",) if said == "改工种" else ())):
                answers.pop(name, None)
            answers["edit"] = EDITS[said]
        else:
            self._more(said)

    async def _fill(self, field: str) -> None:
        """Ask for a field until it is told or left open; what is said of others counts too."""
        if self._is_due(field):
            await self._told(field, answer(field, self._options(field), self._reader))
        if field == "occupations" and (group := self._group()):
            await self._told("trade", answer("trade", group, self._reader))

    async def _told(self, field: str, question: Question[str]) -> None:
        talk, facts = self._talk, {"wish": self.wish()}
        said = await ask(talk, field, question, **facts)
        if not self._answers(field, said):
            self._more(talk.answers.pop(field))
            await ask(talk, field, question, wish=self.wish())

    def _more(self, said: str) -> None:
        """Keep what was said beside the question."""
        answers = self._talk.answers
        told = [name for name in answers if name.startswith("more")]
        if len(told) < MOST_BESIDE:
            answers[f"more{len(told)}"] = said
        else:
            del answers[told[-1]]
            answers[told[-1]] = said

    def _is_due(self, field: str) -> bool:
        answers, wish = self._talk.answers, self.wish()
        if field in answers or answers.get("edit") == field:
            return True
        if self._is_kept or has(wish, field) or (field == "occupations" and self._group()):
            return False
        if field != "housing":
            return True
        asked = [name for name in _TELLING if name in answers]
        is_there = bool(wish.away) or wish.work_type in _AWAY_FROM_HOME
        return is_there and len(asked) < MOST_ASKED

    def _answers(self, field: str, said: str) -> bool:
        is_group = field in _PICKING and said in self._reader.groups()
        return is_group or self._reader.is_any(said) or has(self._reader.wish(said), field)

    def _with(self, wish: Wish, question: str, said: str) -> Wish:
        """The wish with one more answer."""
        if question == "trade" and self._reader.is_any(said):
            return replace(wish, occupations=self._group())
        if question in FIELDS and self._reader.is_any(said):
            return emptied(wish, question)
        if question not in _TELLING and not question.startswith("more"):
            return wish
        told = self._reader.wish(said)
        if question in _PICKING and said in self._reader.groups():  # the trade is asked next
            return replace(wish, work_type=told.work_type or wish.work_type)
        return joined(wish, told)

    def _group(self) -> tuple[str, ...]:
        """The trades of the group that was picked last."""
        answers = self._talk.answers
        picked = answers.get("occupations", answers.get("said", ""))
        return self._reader.groups().get(picked, ())

    def _options(self, field: str) -> tuple[str, ...]:
        match field:
            case "occupations":
                return tuple(self._reader.groups())
            case "counties":
                return self._reader.counties()
            case "work_type":
                return tuple(WorkType)
            case "pay":
                return sums(self.wish().work_type)
            case _:
                return BEDS


async def ask(talk: Talk, name: str, question: Question[str], **facts: object) -> str:
    """Ask with the words of wish.yaml, whichever script asks."""
    try:
        return await talk.ask(name, question, **facts)
    except Pause as pause:
        pause.prompt = replace(pause.prompt, words=f"wish.{name}", facts=facts)
        raise
