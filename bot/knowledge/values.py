"""The values of facts: how numbers and days are said, and how they are kept."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九十两半]+)个?([^\d\W]|%)?(半)?")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)?\.\.(\d+(?:\.\d+)?)?")
_DATE = re.compile(r"(\d{4}|\d{2}(?=年))(?:[年./-](?:(\d{1,2})(?:[月./-](\d{1,2})?)?)?)?[号日]?")
_CENTURY = 2000
_MOST = 100_000  # no number of months, years or people is larger


@dataclass(frozen=True, slots=True)
class Range:
    """Every number from `low` up to, but not with, `high`; one number where both are the same.

    A day is a range too, of its ordinal; a month is all its days.
    """

    low: float
    high: float


Value = str | Range


def number_said(said: str, units: Mapping[str, float]) -> str | None:
    """The sum of what is said: 1年3个月 is 15 where the fact counts months."""
    total, at = 0.0, 0
    for found in _NUMBER.finditer(said):
        unit = found[2] or ""
        if found.start() != at or (unit and unit not in units):
            return None
        each = units.get(unit, 1.0)
        total += _counted(found[1]) * each + (each / 2 if found[3] else 0)
        at = found.end()
    return f"{total:g}" if at == len(said) > 0 and total < _MOST else None


def _counted(words: str) -> float:
    """三十五 is 35, 半 is a half."""
    if words[0].isdigit():
        return float(words)
    if words == "半":
        return 0.5
    tens, ten, ones = words.rpartition("十")
    units = sum(unicodedata.numeric(sign, 2) for sign in ones)
    return units + (10 * sum(unicodedata.numeric(sign, 2) for sign in tens or "一") if ten else 0)


def number_kept(kept: str) -> Range:
    """The range of 7, of 6.. (from 6 on), of ..6 (below 6) or of 1..5. Raises ValueError."""
    found = _RANGE.fullmatch(kept)
    if found is None:
        return Range(float(kept), float(kept))
    low, high = float(found[1] or 0), float(found[2] or "inf")
    if low >= high:
        raise ValueError(kept)
    return Range(low, high)


def day_said(said: str) -> str | None:
    """The day, month or year that is said: 2024年7月 is 2024-07."""
    found = _DATE.fullmatch(said)
    if found is None:
        return None
    year = int(found[1]) + (_CENTURY if len(found[1]) == 2 else 0)
    kept = "-".join([str(year), *(f"{int(part):02}" for part in found.groups()[1:] if part)])
    try:
        days_kept(kept)
    except ValueError:
        return None
    return kept


def days_kept(kept: str) -> Range:
    """All days of a year, of a month, or the one day. Raises ValueError."""
    year, *rest = map(int, kept.split("-"))
    first = date(year, rest[0] if rest else 1, rest[1] if len(rest) > 1 else 1)
    if len(rest) > 1:
        return Range(first.toordinal(), first.toordinal() + 1)
    month = rest[0] if rest else 12
    last = date(year, month, calendar.monthrange(year, month)[1])
    return Range(first.toordinal(), last.toordinal() + 1)
