"""The fields of a wish: which buttons they have, how an answer is read, what an answer adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from dialogs.questions import LONGEST_WORDS, match
from dialogs.talk import Question, Unclear
from dialogs.work import PayUnit, Wish, WorkType

ANY = "都行"
MORE = "更多乡镇"
PAGE = 9  # towns on buttons at once
SUMS = {
    PayUnit.MONTH: (3000, 4000, 5000, 6000, 8000),
    PayUnit.DAY: (120, 150, 200, 300),
    PayUnit.HOUR: (15, 18, 20, 25),
}
NAMED = {PayUnit.MONTH: "每月", PayUnit.DAY: "每天", PayUnit.HOUR: "每小时"}
BEDS = ("管住", "管吃", "管吃管住", "不用管住")
HOURS = ("白天", "晚上")
# What makes a bare word a sentence:
_LEADS = {"pay": "工资", "counties": "在", "occupations": "找个", "age": "今年", "training": "想学"}
# What ANY is called, where it sounds odd:
_CLEAR = {"training": "不学了", "hours": "啥时间都行", "age": "不说年龄了"}
# What the fields are called by who wants one of them left open: "工资不限", "年龄不填".
_CALLED = {
    "工种": "occupations", "活": "occupations", "地方": "counties", "地点": "counties",
    "哪儿": "counties", "乡镇": "towns", "类型": "work_type", "工资": "pay", "薪资": "pay",
    "钱": "pay", "吃住": "housing", "住宿": "housing", "食宿": "housing", "时间": "hours",
    "年龄": "age", "岁数": "age", "想学的": "training", "培训": "training",
}  # fmt: skip
_UNTOLD = ("不说", "不填", "不写", "不限", "别写", "去掉", "删掉")  # before such a name
_YES = frozenset({"是", "是的", "对的", "好", "好的", "行", "中", "没错", "可以", "嗯", "没问题"})
_USUAL_UNITS = {WorkType.SHORT: PayUnit.DAY, WorkType.PART_TIME: PayUnit.HOUR}


class Reader(Protocol):
    """Who understands what people say about the work they want."""

    def wish(self, text: str) -> Wish:
        """What a sentence says; empty where it says nothing."""
        ...

    def is_any(self, text: str) -> bool:
        """Whether somebody says that anything will do."""
        ...

    def is_question(self, text: str) -> bool:
        """Whether a sentence asks for rules rather than for work."""
        ...

    def asks(self, text: str) -> bool:
        """Whether a sentence is put as a question."""
        ...

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of trades, each with its trades."""
        ...

    def is_near(self, text: str) -> bool:
        """Whether somebody says that they want to work near where they live."""
        ...

    def counties(self) -> tuple[str, ...]:
        """The counties, by their full names."""
        ...

    def towns(self, county: str) -> tuple[str, ...]:
        """The county's towns, by their full names."""
        ...

    def town(self, county: str, text: str) -> str | None:
        """The one town of the county that an answer names, in short or by a village there."""
        ...


def has(wish: Wish, field: str) -> bool:
    """Whether a field of the wish is told."""
    match field:
        case "occupations" | "trade":
            return bool(wish.occupations)
        case "counties":
            return bool(wish.counties or wish.towns or wish.away)
        case "towns":
            return bool(wish.towns)
        case "pay":
            return wish.pay_min is not None or wish.pay_unit is PayUnit.PIECE
        case "work_type":
            return wish.work_type is not None
        case "housing":
            return wish.housing is not None or wish.meals is not None
        case "hours" | "training":
            return bool(wish.hours if field == "hours" else wish.training)
        case "age":
            return wish.age is not None
        case _:
            return False


def left_open(text: str, reader: Reader) -> str | None:
    """The field that a few words leave open, if they do: "工资不限", "不说年龄了"."""
    said = text.strip(" 。.!！,，~")
    for field, label in _CLEAR.items():
        if said == label:
            return field
    for name, field in _CALLED.items():
        follows = said.startswith(name) and reader.is_any(said.removeprefix(name))
        if follows or (said.endswith(name) and said.removesuffix(name) in _UNTOLD):
            return field
    return None


def emptied(wish: Wish, field: str) -> Wish:
    """The wish with a field left open."""
    match field:
        case "occupations":
            return replace(wish, occupations=())
        case "counties":
            return replace(wish, counties=(), towns=(), away=())
        case "towns":
            return replace(wish, towns=())
        case "pay":
            return replace(wish, pay_min=None, pay_unit=None)
        case "work_type":
            return replace(wish, work_type=None)
        case "housing":
            return replace(wish, housing=None, meals=None)
        case "hours":
            return replace(wish, hours=None)
        case "age":
            return replace(wish, age=None)
        case "training":
            return replace(wish, training=None)
        case _:
            return wish


def joined(wish: Wish, told: Wish) -> Wish:
    """What was told last counts; places go together, and so does pay. A town that several
    counties have is in the one that was told before."""
    is_placed = has(told, "counties")
    pay = told if told.pay_unit is not None else wish
    place = told if is_placed else wish
    counties = place.counties or (wish.counties if place.towns else ())
    return Wish(
        told.occupations or wish.occupations, counties, place.towns, place.away,
        pay.pay_min, pay.pay_unit, told.work_type or wish.work_type,
        wish.housing if told.housing is None else told.housing,
        wish.meals if told.meals is None else told.meals,
        told.hours or wish.hours, told.age or wish.age, told.training or wish.training,
    )  # fmt: skip


def sums(kind: WorkType | None) -> tuple[str, ...]:
    """Usual sums for that kind of work, as the reader reads them."""
    unit = _USUAL_UNITS.get(kind, PayUnit.MONTH) if kind else PayUnit.MONTH
    return (*(f"{NAMED[unit]}{sum_}元以上" for sum_ in SUMS[unit]), "计件")


def opening(reader: Reader) -> Question[str]:
    """Everything in one sentence, or a group of trades."""
    groups = {group: group for group in reader.groups()}

    def read(text: str) -> str:
        said = match(groups, text) or text.strip()[:LONGEST_WORDS]
        is_other = reader.asks(said) or reader.wish(said) == Wish()
        if not said or (reader.is_question(said) and is_other):
            raise Unclear("wish.unclear")
        return said

    return Question(read, tuple(groups.items()))


def answer(field: str, labels: tuple[str, ...], reader: Reader) -> Question[str]:
    """A field by button, in a word or in a sentence."""
    titles = {label: label for label in labels}
    titles[ANY] = _CLEAR.get(field, ANY)

    def read(text: str) -> str:
        picked = match(titles, text)
        if picked is not None:
            return picked
        said = text.strip()[:LONGEST_WORDS]
        if reader.is_any(said) or left_open(said, reader) == field:
            return ANY
        return _sentence(field, said, reader)

    return Question(read, tuple(titles.items()))


def town(county: str, page: int, reader: Reader) -> Question[str]:
    """A town of the county: by button, page after page, or in a word; `page` counts from 0."""
    towns = reader.towns(county)
    shown = towns[page * PAGE : (page + 1) * PAGE]
    more = (MORE,) if len(towns) > (page + 1) * PAGE else ()
    buttons = answer("towns", (*shown, *more), reader)

    def read(text: str) -> str:
        told = reader.wish(text)
        is_here = not told.towns and set(told.counties) <= {county}
        return (is_here and reader.town(county, text)) or buttons.read(text)

    return Question(read, buttons.options)


def _sentence(field: str, said: str, reader: Reader) -> str:
    """A sentence that says something of the wish; a bare word is made one that does."""
    if left_open(said, reader):
        return said
    if not said or reader.is_question(said):
        raise Unclear("wish.unclear")
    lead = _LEADS.get(field, "")
    if not has(reader.wish(said), field) and has(reader.wish(lead + said), field):
        return lead + said
    if reader.wish(said) == Wish() and not reader.is_near(said):
        raise Unclear("wish.unclear")
    return said


def confirmation(reader: Reader, labels: tuple[str, ...]) -> Question[str]:
    """The first of `labels` for a yes, another of them, or a sentence that puts it right."""
    titles = {label: label for label in labels}

    def read(text: str) -> str:
        said = text.strip(" 。.!！,，~")
        if said in _YES:
            return labels[0]
        return match(titles, said) or _sentence("", said, reader)

    return Question(read, tuple(titles.items()))
