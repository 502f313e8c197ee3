"""Numbers with their units, as people say them: 一万二, 5000块, 百分之三十, 半年, 每月."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.knowledge.normalise import fold

_HAN = "零〇一二两三四五六七八九十百千万"
_SPOKEN = re.compile(f"(?<![\\d.])[{_HAN}]+")
_SHORT = re.compile(r"(\d+)万(\d)(?!\d)")  # 1万2
_SHARE = re.compile(rf"([{_HAN}\d]+)分之([{_HAN}\d]+)")
_TIMES = {"万": 10_000, "千": 1_000, "百": 100, "": 1}
_YEAR = 1900  # a number of years from here on is a date
_LEAST_SUM = 100.0  # a number without a unit is a sum of money from here on
_UNITS = {
    **dict.fromkeys(("元", "块钱", "块"), "元"),
    **dict.fromkeys(("%", "倍", "岁", "小时", "次", "项", "家", "部", "条"), ""),
    **dict.fromkeys(("个月工资", "个月的工资", "月工资"), "月工资"),
    **dict.fromkeys(("个月", "月", "年"), "月"),
    **dict.fromkeys(("个工作日", "工作日", "天", "日"), "日"),
    **dict.fromkeys(("人", "名", "个人", "个贫困", "个残疾", "余名"), "人"),
}
_ONE = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_FOUND = re.compile(
    rf"(?<![\d.])(?P<least>\d+(?:\.\d+)?)(?:-(?P<most>\d+(?:\.\d+)?))?(?P<times>[万千百]?)"
    rf"(?P<unit>{_ONE})?(?P<half>半)?"
)
_PERIODS = {
    "month": re.compile("每个?月|一个月(?!工资|的工资)|按月|月月|一月(?!工资)"),
    "day": re.compile("每天|一天|按天|每日|一日|天天"),
    "year": re.compile("每年|一年|年年|按年|每学年|一学年"),
    "term": re.compile("每学期|一学期|每个学期"),
    "once": re.compile("一次性|一次给|一次发|一回给|就给一回|一把给|每年一次"),
}
_COUNTS = {  # how a count is asked for, and how it is told
    re.compile(asked): re.compile(told)
    for asked, told in (
        ("(?:几|多少)[次回趟遍]", r"\d次|[一两三]次"),
        ("(?:几|多少)家", r"\d家"),
        ("(?:几|多少)(?:个人|人|名)", r"\d(?:余名|[人名])"),
        ("几成|百分之[几多]|比例", r"\d%"),
        ("几倍", "倍"),
        ("几年|几个月|多久|多长时间", r"(?<!\d{3})\d(?:个月|年)"),
        ("几天|多少天|多少个?工作日", r"\d(?:个工作日|[天日])"),
        ("(?:几|多少)项", r"\d项"),
        ("都[有是][啥什哪]|[有是]哪[些几]|哪[些几][种样个]|叫[啥什]", "(?:、.{1,15}){2}|一是"),
    )
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, or a range of them, with the unit it can be compared in."""

    unit: str
    least: float
    most: float
    begins: int  # where it stands in the text


def quantities(text: str) -> list[Quantity]:
    """Every number of `text` that has a unit; years and months are months."""
    return [it for found in _FOUND.finditer(in_digits(text)) if (it := _quantity(found))]


def periods(text: str) -> frozenset[str]:
    """How often, by `text`: month, day, year, term, once."""
    return frozenset(name for name, pattern in _PERIODS.items() if pattern.search(text))


def counted(question: str) -> tuple[re.Pattern[str], ...]:
    """How that is told which `question` wants counted or listed: 能领几回 is answered by 3次."""
    return tuple(told for asked, told in _COUNTS.items() if asked.search(question))


def in_digits(text: str) -> str:
    """A folded `text` with its spoken numbers in digits: 一万二 is 12000, 三成 is 30%."""
    shares = _SHARE.sub(lambda found: f"{found[2]}%" if found[1] in "百100" else "", fold(text))
    halves = re.sub("半年", "6个月", _SHORT.sub(r"\g<1>\g<2>000", shares))
    digits = _SPOKEN.sub(lambda found: _digits(found[0]), halves)
    return re.sub(r"(\d)成", r"\g<1>0%", digits)


def _quantity(found: re.Match[str]) -> Quantity | None:
    unit = found["unit"] or ""
    times = _TIMES[found["times"]]
    least, most = (
        float(each) * times for each in (found["least"], found["most"] or found["least"])
    )
    if not unit:
        is_sum = least >= _LEAST_SUM and found.string[found.end() : found.end() + 1] not in _COUNTED
        return Quantity("元", least, most, found.start()) if is_sum else None
    if unit == "年":
        least, most = (each * 12 + (6 if found["half"] else 0) for each in (least, most))
    if unit == "年" and least >= _YEAR * 12:
        return None
    return Quantity(_UNITS[unit] or unit, least, most, found.start())


_COUNTED = frozenset((*"个号级平", *"米多几、.-/"))


def without_periods(text: str) -> str:
    """`text` without the words that tell how often."""
    for pattern in _PERIODS.values():
        text = pattern.sub(" ", text)
    return text


def _digits(spoken: str) -> str:
    """A spoken number in digits; what is none stays as it is."""
    if spoken[0] in "万零":
        return spoken
    total, part, digit, unit = 0.0, 0.0, 0.0, 1.0
    for sign in spoken:
        value = 2.0 if sign == "两" else unicodedata.numeric(sign)
        if value == 10_000:
            total, part, digit, unit = (total + part + digit) * value, 0.0, 0.0, value
        elif value >= 10:
            part, digit, unit = part + (digit or 1) * value, 0.0, value
        else:
            digit, unit = value, (10.0 if value == 0 else unit)
    rest = digit * (unit / 10 if unit >= 100 else 1)
    return (
        f"{total + part + rest:g}" if total + part + rest < 1e6 else str(int(total + part + rest))
    )
