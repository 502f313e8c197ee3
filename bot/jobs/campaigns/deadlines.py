"""Until when something is to be sent, as people say it: 今天18点, 周六, 三天后, 12月1日 9:30."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from bot.clock import ZONE
from bot.jobs.days import NotADay, read_day
from bot.jobs.numerals import SMALL, number

MOST_DAYS = 366  # ahead: what is said to be later is a slip
LAST_MINUTE = time(23, 59)  # of a day that was named without an hour

_NAMED = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明晚": 1, "大后天": 3, "后天": 2}
_WEEKDAY = re.compile(r"(下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_LATER = re.compile(rf"({SMALL})\s*天(?:之|以)?[后内]")
_HOUR = re.compile(
    rf"(上午|早上|中午|下午|晚上|晚)?\s*({SMALL})(?:[:]([0-5]\d)|[点时](?:(半|{SMALL})分?)?)"
)
_AFTERNOON = ("下午", "晚上", "晚")


class NotAMoment(Exception):
    """No moment that can be understood is named."""


class Past(Exception):
    """The moment is over already."""


def read_deadline(text: str, now: datetime) -> datetime:
    """The moment that a text names, in Xingtai; a day alone means all of it. Raises NotAMoment,
    Past."""
    local = now.astimezone(ZONE)
    moment = _written(text) or _said(unicodedata.normalize("NFKC", text).strip(), local)
    if moment <= local:
        raise Past
    if moment > local + timedelta(MOST_DAYS):
        raise NotAMoment(text)
    return moment


def _written(text: str) -> datetime | None:
    """What a computer wrote."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(ZONE) if found.tzinfo else None


def _said(text: str, local: datetime) -> datetime:
    hour = _hour(text)
    rest = text if hour is None else text[: hour[0]] + text[hour[1] :]
    day = _day(rest, local.date())
    if day is None and (hour is None or rest.strip()):
        raise NotAMoment(text)
    at = LAST_MINUTE if hour is None else hour[2]
    return datetime.combine(day or local.date(), at, ZONE)


def _day(text: str, today: date) -> date | None:
    """The day; None if none is named."""
    for name, days in _NAMED.items():
        if name in text:
            return today + timedelta(days)
    if (found := _LATER.search(text)) is not None:
        return today + timedelta(int(number(found[1]) or 0))
    if (found := _WEEKDAY.search(text)) is not None:
        return _weekday(found, today)
    try:
        return read_day(text, today) if text.strip() else None
    except NotADay:
        return None


def _weekday(found: re.Match[str], today: date) -> date:
    wanted = "一二三四五六日".index(found[2].replace("天", "日"))
    if found[1]:  # of the week after this one, which begins on Monday
        return today + timedelta(7 - today.weekday() + wanted)
    return today + timedelta((wanted - today.weekday()) % 7)


def _hour(text: str) -> tuple[int, int, time] | None:
    """Where an hour is named, and which."""
    found = _HOUR.search(text)
    if found is None:
        return None
    hour = int(number(found[2]) or 0)
    minute = 30 if found[4] == "半" else int(number(found[3] or found[4] or "0") or 0)
    if found[1] in _AFTERNOON and hour < 12:
        hour += 12
    if hour == 24 and minute == 0:
        return found.start(), found.end(), LAST_MINUTE
    if hour > 23 or minute > 59:
        raise NotAMoment(text)
    return found.start(), found.end(), time(hour, minute)
