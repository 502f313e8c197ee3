"""A wish as a form for staff: filled in from what is known, read field by field; what is left
empty is not asked for any more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from dialogs.fields import NAMED
from dialogs.work import ANYWHERE, PayUnit, Wish, WorkType

FIELDS = ("occupations", "places", "work_type", "pay", "housing", "meals", "hours", "age",
          "training")  # fmt: skip
YES, NO = "yes", "no"  # of lodging and meals; empty: either will do
LONGEST = 100  # characters of a field
YOUNGEST, OLDEST = 15, 100
_APART = re.compile(r"[、,，;；/|\s]+")
_WANTED = {YES: True, NO: False}


class Reader(Protocol):
    """What a sentence says of work."""

    def wish(self, text: str) -> Wish:
        """The wish in it."""
        ...


@dataclass(frozen=True, slots=True)
class Misread:
    """What of each field nobody could make sense of, by their names."""

    parts: Mapping[str, str]


def filled(wish: Wish, anywhere: str) -> dict[str, str]:
    """What stands in the fields; `anywhere`: what any place outside is called."""
    away = (anywhere if it == ANYWHERE else it for it in wish.away)
    return {
        "occupations": "、".join(wish.occupations),
        "places": "、".join((*wish.counties, *wish.towns, *away)),
        "work_type": wish.work_type or "",
        "pay": _pay(wish),
        "housing": _yes_no(wish.housing),
        "meals": _yes_no(wish.meals),
        "hours": wish.hours or "",
        "age": str(wish.age or ""),
        "training": wish.training or "",
    }


def read_wish(told: Mapping[str, str], reader: Reader) -> Wish | Misread:
    """The wish that the form tells of."""
    said = {name: told.get(name, "").strip()[:LONGEST] for name in FIELDS}
    trades, places = reader.wish(said["occupations"]), reader.wish(said["places"])
    pay = reader.wish(f"工资{said['pay']}") if said["pay"] else Wish()
    kinds = {it.value: it for it in WorkType}
    wish = Wish(
        occupations=trades.occupations,
        work_type=kinds.get(said["work_type"]),
        housing=_WANTED.get(said["housing"]),
        meals=_WANTED.get(said["meals"]),
        hours=said["hours"] or None,
        age=_age(said["age"]),
        training=said["training"] or None,
    )
    wish = replace(wish, counties=places.counties, towns=places.towns, away=places.away)
    wish = replace(wish, pay_min=pay.pay_min, pay_unit=pay.pay_unit)
    now = filled(wish, ANYWHERE)
    lost = {name: said[name] for name in FIELDS if said[name] and not now[name]}
    for name in ("occupations", "places"):
        if parts := _unread(said[name], reader):
            lost.setdefault(name, "、".join(parts))
    return Misread(lost) if lost else wish


def _unread(text: str, reader: Reader) -> list[str]:
    """The members of a list that say nothing, neither alone nor beside the others."""
    parts = [it for it in _APART.split(text) if it]
    whole = reader.wish("、".join(parts))
    return [
        part
        for at, part in enumerate(parts)
        if reader.wish(part) == Wish()
        and reader.wish("、".join((*parts[:at], *parts[at + 1 :]))) == whole
    ]


def _pay(wish: Wish) -> str:
    if wish.pay_min is None:
        return "计件" if wish.pay_unit is PayUnit.PIECE else ""
    unit = wish.pay_unit or PayUnit.MONTH
    return f"{NAMED.get(unit, f'每{unit}')}{wish.pay_min}元"


def _yes_no(value: bool | None) -> str:
    return {True: YES, False: NO, None: ""}[value]


def _age(said: str) -> int | None:
    digits = said.removesuffix("岁")
    is_age = digits.isdecimal() and len(digits) < 4 and YOUNGEST <= int(digits) <= OLDEST
    return int(digits) if is_age else None
