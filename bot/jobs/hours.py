"""Hours of work as seekers and employers put them, read as far as day and night."""

from __future__ import annotations

import re
import unicodedata
from enum import IntFlag
from functools import lru_cache

_REFUSED = re.compile(r"(?:不[要想上能]?|别|没有?|无)\S{0,2}?(?:夜班|晚班|夜|晚上|倒班|熬夜)")
_NIGHT = ("夜", "晚", "通宵", "次日", "倒班", "两班", "三班", "24小时")
_DAY = ("白", "上午", "下午", "早", "倒班", "两班", "三班", "24小时")
_CLOCK = re.compile(r"(\d{1,2})[:点]\d{0,2}\s*[-—~至到]+\s*(?:次日|晚上?|下午)?(\d{1,2})[:点]")
FIRST, NOON, EVENING, LAST = 5, 12, 18, 21  # o'clock: before FIRST and after LAST is night work


class Hours(IntFlag):
    """When somebody works; NONE: not said, or not understood."""

    NONE = 0
    DAY = 1
    NIGHT = 2


@lru_cache(maxsize=4096)
def read_hours(said: str | None) -> Hours:
    """What the words say of day and night: "8:00-17:30", "晚上", "不上夜班"."""
    said = unicodedata.normalize("NFKC", said or "")
    if _REFUSED.search(said):
        return Hours.DAY
    hours = Hours.NONE
    if any(word in said for word in _NIGHT):
        hours |= Hours.NIGHT
    if any(word in said for word in _DAY):
        hours |= Hours.DAY
    for begin, end in _CLOCK.findall(said):
        hours |= _between(int(begin), int(end))
    return hours


def _between(begin: int, end: int) -> Hours:
    if begin < NOON and end <= begin:
        end += NOON  # "8:00-5:30"
    is_night = begin < FIRST or end > LAST or end <= begin
    is_day = FIRST <= begin < EVENING
    return (Hours.NIGHT if is_night else Hours.NONE) | (Hours.DAY if is_day else Hours.NONE)
