"""The form of a wish: what the answers say together, what is still to be asked, the summary.

A sentence fills whatever it says at whichever question it comes, and only the rest is asked. The
wish is what all answers say, in the order in which they were given.
"""

from __future__ import annotations

from dataclasses import replace

from dialogs.consent import Purpose
from dialogs.fields import (
    ANY,
    BEDS,
    HOURS,
    MORE,
    Reader,
    answer,
    confirmation,
    emptied,
    has,
    joined,
    left_open,
    opening,
    sums,
    town,
)  # fmt: skip
from dialogs.talk import Pause, Question, Reply, Talk
from dialogs.work import Wish, WorkType

RIGHT, AGAIN, DROP = "对", "重填", "不找了"
EDITS = {
    "改工种": "occupations", "改地方": "counties", "改乡镇": "towns", "改类型": "work_type",
    "改工资": "pay", "改吃住": "housing", "改时间": "hours", "改年龄": "age",
    "改想学的": "training",
}  # fmt: skip
ASKED = ("occupations", "counties", "work_type", "towns", "pay", "housing")  # in that order
OFFERED = ("hours", "age", "training")  # told or not, but never asked for
FIELDS = (*ASKED, *OFFERED)
MOST_ASKED = 5
MOST_BESIDE = 20  # sentences kept that answered no question; a further one replaces the last
_PICKING = ("said", "occupations")  # questions at which a group of trades may be picked
_TELLING = ("said", "trade", *FIELDS)  # questions whose answers say something of the wish
_HANGING_ON = {"occupations": ("trade",), "counties": ("towns", "page"), "towns": ("page",)}
_AWAY_FROM_HOME = (None, WorkType.FULL_TIME, WorkType.SHORT)
_NEAR_HOME = (WorkType.AT_HOME, WorkType.WELFARE)


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
        await self._fill_all()
        wish = self.wish()
        edits = (label for label, field in EDITS.items() if self._may_edit(field, wish))
        labels = (RIGHT, *edits, AGAIN, *((DROP,) if self._is_kept else ()))
        self._talk.say(Reply("wish.summary", {"wish": wish}))
        said = await ask(self._talk, "confirm", confirmation(self._reader, labels))
        if said in (RIGHT, DROP):
            return wish
        self._correct(said)
        await self.begin()
        return await self.settle()

    def _may_edit(self, field: str, wish: Wish) -> bool:
        if field == "towns":
            return self._county() is not None
        return field in ASKED or has(wish, field)

    def _correct(self, said: str) -> None:
        answers = self._talk.answers
        del answers["confirm"]
        if said == AGAIN:
            kept = {name: it for name, it in answers.items() if name.startswith(Purpose.REGISTER)}
            self._talk.answers = kept | {AGAIN: AGAIN}
            self._before, self._is_kept = Wish(), False
        elif said in EDITS:
            field = EDITS[said]
            for name in ("edit", field, *_HANGING_ON.get(field, ())):
                answers.pop(name, None)
            answers["edit"] = field
        else:
            self._more(said)

    async def _fill_all(self) -> None:
        for field in FIELDS:
            await self._fill(field)

    async def _fill(self, field: str) -> None:
        """Ask for a field until it is told or left open; what is said of others counts too."""
        if self._is_due(field):
            await self._told(field)
        if field == "occupations" and self._group():
            await self._told("trade")

    async def _told(self, field: str) -> None:
        """Ask for a field; whatever is said instead may lead to another question first."""
        answers = self._talk.answers
        said = await self._ask(field)
        if said == MORE:
            answers["page"] = str(self._page() + 1)
        elif self._answers(field, said):
            return
        del answers[field]
        if said != MORE:
            self._more(said)
        await self._fill_all()

    async def _ask(self, field: str) -> str:
        county = self._county()
        if field == "towns" and county:
            question = town(county, self._page(), self._reader)
        else:
            question = answer(field, self._options(field), self._reader)
        return await ask(self._talk, field, question, wish=self.wish(), is_near=self._is_near())

    def _more(self, said: str) -> None:
        """Keep what was said beside the question; another place has other towns."""
        answers = self._talk.answers
        if field := left_open(said, self._reader):
            for name in (field, *_HANGING_ON.get(field, ())):
                answers.pop(name, None)
            answers[field] = ANY
            return
        if has(self._reader.wish(said), "counties"):
            for name in _HANGING_ON["counties"]:
                answers.pop(name, None)
        told = [name for name in answers if name.startswith("more")]
        if len(told) < MOST_BESIDE:
            answers[f"more{len(told)}"] = said
        else:
            del answers[told[-1]]
            answers[told[-1]] = said

    def _is_due(self, field: str) -> bool:
        answers, wish = self._talk.answers, self.wish()
        if field == "towns" and not self._county():
            return False
        if field in answers or answers.get("edit") == field:
            return True
        if has(wish, field) or field in OFFERED or (field == "occupations" and self._group()):
            return False
        if field == "towns":
            return self._is_near()
        if self._is_kept:
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

    def _county(self) -> str | None:
        """The county whose towns may be asked for: the only place wished for."""
        wish = self.wish()
        return wish.counties[0] if len(wish.counties) == 1 and not wish.away else None

    def _is_near(self) -> bool:
        """Whether the town matters: they said so, or such work is done near home."""
        told = self._talk.answers.items()
        said = (it for name, it in told if name in _TELLING or name.startswith("more"))
        is_said = any(self._reader.is_near(it) for it in said)
        return is_said or (not self._is_kept and self.wish().work_type in _NEAR_HOME)

    def _page(self) -> int:
        """The page of the towns, from 0."""
        return int(self._talk.answers.get("page", "0"))

    def _options(self, field: str) -> tuple[str, ...]:
        match field:
            case "occupations":
                return tuple(self._reader.groups())
            case "trade":
                return self._group()
            case "counties":
                return self._reader.counties()
            case "work_type":
                return tuple(WorkType)
            case "pay":
                return sums(self.wish().work_type)
            case "housing":
                return BEDS
            case "hours":
                return HOURS
            case _:
                return ()


async def ask(talk: Talk, name: str, question: Question[str], **facts: object) -> str:
    """Ask with the words of wish.yaml, whichever script asks."""
    try:
        return await talk.ask(name, question, **facts)
    except Pause as pause:
        pause.prompt = replace(pause.prompt, words=f"wish.{name}", facts=facts)
        raise
