"""Numbers as people say and type them: 五千, 八千五, 三百五, 一万二, 1.2万, 5k, 五六千, 3-4千."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "两": 2, "俩": 2, "〇": 0, "仨": 3,
}  # fmt: skip
SMALL = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"  # a pattern of days, hours, minutes
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000}
_SIGNS = "零〇一二两俩仨三四五六七八九十百千万"
_NUMBER = rf"(?:\d+(?:\.\d+)?\s?[千百万kw]?(?:[一二三四五六七八九]|\d(?!\d))?|[{_SIGNS}]+)"
_SPOKEN = re.compile(
    rf"(?P<low>{_NUMBER})(?:\s*(?:到|至|-+|~|(?<=[1-9一二三四五六七八九])、)\s*(?P<high>{_NUMBER}))?"
)
_PARTS = re.compile(r"\d+(?:\.\d+)?|\D")
_ONE_OF = re.compile("(?<=[^十])一$")  # "三百五一天": the 一 belongs to the day


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `text[start:end]`; of a range the lower end."""

    start: int
    end: int
    value: float
    has_unit: bool  # 千, 万, k ... were said: it is likely a sum
    is_range: bool = False


def numbers(text: str) -> Iterator[Number]:
    """Every number of a folded text, from left to right."""
    for said in _SPOKEN.finditer(text):
        low, high = said["low"], said["high"]
        if high is None:
            low = _without_one(low, text[said.end() :])
            value = number(low) or _about(low, text[: said.start()], text[said.end() :])
            if value:
                yield Number(said.start(), said.start() + len(low), value, _has_unit(low))
        else:
            yield from _ranges(said.start(), said.end(), text, low, high)


def _ranges(start: int, end: int, text: str, low: str, high: str) -> Iterator[Number]:
    high = _without_one(high, text[end:])
    first, last = number(low), number(high)
    if not first or not last:
        return
    factor = _last_unit(high) if not _has_unit(low) and first < last / 10 else 1
    value = first * factor
    has_unit = _has_unit(low) or _has_unit(high)
    if value <= last:
        yield Number(start, end, value, has_unit, is_range=True)
    else:  # two numbers that only stand side by side: "45、3千"
        yield Number(start, start + len(low), first, _has_unit(low))
        at = text.index(high, start + len(low))
        yield Number(at, at + len(high), last, _has_unit(high))


def number(said: str) -> float | None:
    """The value of one number; the lower one when two digits stand together ("五六千"). None when
    it is none: "千" alone."""
    total, section, digits, unit = 0.0, 0.0, list[float](), 1
    for part in _PARTS.findall("".join(said.split()).lower()):
        if part in _UNITS:
            size = _UNITS[part]
            if not digits and not section and part != "十":
                continue  # "百八十" is about 80
            worth = digits[0] if digits else (0 if section else 1)
            if size == 10_000:
                total, section = (total + section + worth) * size, 0
            else:
                section += worth * size
            digits, unit = [], size
        else:
            digits.append(float(part) if part[0].isdecimal() else _DIGITS[part])
            unit = 1 if digits[-1] == 0 else unit
    tail = _tail([it for it in digits if it] or digits, unit)
    return total + section + tail or None


def _about(said: str, before: str, after: str) -> float | None:
    """The 万 of "月入过万" and of "万把块"."""
    is_number = before.endswith(("过", "上", "破", "超")) or after.startswith("把")
    return _UNITS.get(said) if is_number else None


def _tail(digits: list[float], unit: int) -> float:
    """What is left after the last unit: the 5 of 三百五 is 50, the 5 of 二十五 is 5."""
    if not digits:
        return 0
    return digits[0] * (unit // 10 if unit > 10 else 1)


def _has_unit(said: str) -> bool:
    return any(unit in said for unit in "百千万kw")


def _last_unit(said: str) -> int:
    found = [_UNITS[sign] for sign in said.lower() if sign in _UNITS]
    return found[0] if found else 1


def _without_one(said: str, after: str) -> str:
    is_of_unit = re.match(r"个?(?:小时|钟|月|天|日|晌|工)", after) and len(said) > 1
    return _ONE_OF.sub("", said) if is_of_unit else said
