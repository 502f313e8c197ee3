"""Days as tables hold them: real dates, Excel's numbers, and whatever people type."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from bot.sheets import Cell

_EXCEL = date(1899, 12, 30)  # day 0 of Excel's numbers, as it counts from March 1900 on
_SERIALS = range(36_526, 73_051)  # 2000 to 2099
_FULL = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_PACKED = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")
_SHORT = re.compile(r"(?<![\d年])(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*[日号]?(?!\d)")
_MONTH = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?$")
HALF_A_YEAR = timedelta(183)


class NotADay(Exception):
    """The cell names no day that can be understood."""


def read_day(cell: Cell, today: date) -> date:
    """The day in a cell; one without a year is the nearest to today. Raises NotADay."""
    match cell:
        case datetime():
            return cell.date()
        case date():
            return cell
        case bool():
            raise NotADay(cell)
        case int() | float():
            return _of_serial(cell)
        case str():
            return _of_text(unicodedata.normalize("NFKC", cell).strip(), today)
        case _:
            raise NotADay(cell)


def _of_serial(number: float) -> date:
    if int(number) in _SERIALS:
        return _EXCEL + timedelta(int(number))
    return _of_text(str(int(number)), date.max) if 10**7 < number < 10**8 else _fail(number)


def _of_text(text: str, today: date) -> date:
    if text.isdecimal() and int(text) in _SERIALS:
        return _of_serial(int(text))
    full = _FULL.search(text) or _PACKED.search(text)
    if full is not None:
        return _day(*(int(it) for it in full.groups()))
    month = _MONTH.search(text)
    if month is not None:
        return _day(int(month[1]), int(month[2]), 1)
    short = _SHORT.search(text)
    if short is None:
        raise NotADay(text)
    return _nearest(int(short[1]), int(short[2]), today)


def _nearest(month: int, day: int, today: date) -> date:
    found = _day(today.year, month, day)
    if found < today - HALF_A_YEAR:
        return _day(today.year + 1, month, day)
    return _day(today.year - 1, month, day) if found > today + HALF_A_YEAR else found


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADay(f"{year}-{month}-{day}") from None


def _fail(cell: object) -> date:
    raise NotADay(cell)
