"""Which year or day a question names: "2015年给多少", "去年", "现在"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.knowledge.glossary import Glossary
from bot.knowledge.policies import Part

_CLAUSE = re.compile(r"[,，。?!;\n]")
_CENTURY = 2000
_DIGIT = "[零〇一二三四五六七八九]"
_DIGITS = str.maketrans(_DIGIT[1:-1], "00123456789")
_DAY = r"(?:(?P<month>\d{1,2})月(?:份|(?P<day>\d{1,2})[日号])?)?"
_YEARS = (
    re.compile(rf"(?<![\d.])(?P<year>(?:19|20)\d\d)年{_DAY}"),
    # A bare number is a year only among the years people ask about, and not before a unit.
    re.compile(r"(?<![\d.])(?P<year>20[12]\d)(?![\d.年月%万]|元|块|人|名|个|家)"),
    re.compile(rf"(?:^|[\s那在到从打])(?P<year>[12]\d)年{_DAY}(?!级|内|后|前|以|多)"),
    re.compile(rf"(?P<year>[二2][零〇0][零〇一二]{_DIGIT})年"),
    # 一二年 and 二三年 are a year or two, two years or three.
    re.compile(rf"(?P<year>一(?!二){_DIGIT}|二(?!三){_DIGIT})年"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, and the words that named them."""

    words: str
    first: date
    last: date


class Periods:
    """Finds periods, by the words of the glossary."""

    def __init__(self, glossary: Glossary) -> None:
        """`glossary` holds the words for now, for years, and those that ask for a figure."""
        self._now = re.compile("|".join(map(re.escape, glossary.now)))
        years = sorted(glossary.years, key=len, reverse=True)
        self._near = re.compile("|".join(map(re.escape, years)))
        self._years = glossary.years
        cues = (*glossary.aspects[Part.AMOUNT], *glossary.aspects[Part.RESULTS])
        self._asking = (*(cue for cue in cues if "年" not in cue), *glossary.holding)

    def asked(self, question: str, today: date) -> tuple[Period, ...]:
        """Each period whose figure a folded `question` asks for, in order of time.

        A year in another clause than the one that asks is part of the story.
        """
        found: dict[tuple[date, date], Period] = {}
        clauses = [clause for clause in _CLAUSE.split(question) if clause.strip()]
        for clause in clauses:
            if len(clauses) == 1 or any(word in clause for word in self._asking):
                for period in self._named(clause, today):
                    found.setdefault((period.first, period.last), period)
        return tuple(found[days] for days in sorted(found))

    def _named(self, clause: str, today: date) -> Iterator[Period]:
        for pattern in _YEARS:
            for match in pattern.finditer(clause):
                period = _period(match)
                if period is not None:
                    yield period
        for match in self._near.finditer(clause):
            year = today.year + self._years[match[0]]
            yield Period(match[0], date(year, 1, 1), date(year, 12, 31))
        for match in self._now.finditer(clause):
            yield Period(match[0], today, today)


def _period(match: re.Match[str]) -> Period | None:
    """The days that a written year, month or day stands for; None when there is no such day."""
    parts = match.groupdict()
    year = int(parts["year"].translate(_DIGITS))
    year += _CENTURY if year < 100 else 0
    month, day = int(parts.get("month") or 0), int(parts.get("day") or 0)
    words = match[0][match.start("year") - match.start() :]
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Period(words, first, first)
    last = date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    return Period(words, first, last)
