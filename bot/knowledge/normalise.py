"""What was typed, made comparable: one script, one width, no fillers, mishearings put right."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

from bot.knowledge.glossary import Glossary

_DASHES = re.compile(r"[‐-―−－~～]")
_NOT_PLAIN = re.compile(r"[^\u3400-\u9fffa-z0-9]")
_DIGIT = "|".join((*"一二三四", *"五六七八九", "两"))
_UNIT = "|".join("十百千")
_AMOUNT = re.compile(
    f"(?:{_DIGIT})(?:{_UNIT})(?:(?:零|{_DIGIT}|{_UNIT})*(?:{_DIGIT}|{_UNIT}))?(?![万余多几])"
)
_TIMES = {"万": 10_000, "千": 1_000, "百": 100}
# A number without a unit is a sum when it has three digits and counts nothing else.
_MONEY = re.compile(
    r"(?<!\d)(?P<number>\d+)(?P<times>[万千百])?(?:元钱?|块钱?)"
    r"|(?<!\d)(?:(?P<sum>[1-9]\d{2,4}))(?!\d|[万人名个家年月天平次]|项)"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def fold(text: str) -> str:
    """`text` in simplified characters, half width, small letters and one kind of dash."""
    folded = unicodedata.normalize("NFKC", text).lower()
    if _has_traditional(folded):
        folded = _to_simplified(folded)
    return _DASHES.sub("-", folded)


@lru_cache(256)  # every view of a message asks for the same few texts
def plain(text: str) -> str:
    """Only the characters, letters and digits of `text`, folded, with amounts in digits."""
    return _AMOUNT.sub(_in_digits, _NOT_PLAIN.sub("", fold(text)))


def spoken(text: str, glossary: Glossary) -> str:
    """`text` folded, without fillers, with known mishearings put right; punctuation stays."""
    said = fold(text)
    for wrong, right in glossary.misheard.items():
        said = said.replace(wrong, right)
    without = said
    for filler in glossary.fillers:
        without = without.replace(filler, "")
    return without if _NOT_PLAIN.sub("", without) else said


def amounts(text: str) -> frozenset[float]:
    """The sums of money that a plain `text` names, in yuan."""
    return frozenset(
        float(each["number"] or each["sum"]) * _TIMES.get(each["times"], 1)
        for each in _MONEY.finditer(text)
    )


def without_amounts(text: str) -> str:
    """A plain `text` without its sums of money."""
    return _MONEY.sub("", text)


def letters_share(text: str) -> float:
    """How much of the plain text is Latin letters, from 0 to 1."""
    body = _NOT_PLAIN.sub("", fold(text))
    return sum("a" <= sign <= "z" for sign in body) / len(body) if body else 0.0


def _in_digits(found: re.Match[str]) -> str:
    """An amount below ten thousand: 一千五百 is 1500, and 一千五 too."""
    total, digit, unit = 0, 0, 1
    for sign in found[0]:
        value = int(unicodedata.numeric(sign, 2))  # Unicode gives 两 no value
        if value >= 10:
            unit = value
            total += max(digit, 1) * unit
            digit = 0
        else:
            digit = value
            unit = 10 if value == 0 else unit
    return str(total + digit * unit // 10)


def _has_traditional(text: str) -> bool:
    # GB 2312 holds the simplified characters in use and no traditional form beside them.
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return any(_is_rare(sign) for sign in _HAN.findall(text))
    return False


@cache
def _is_rare(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> _Converter:
    from opencc import OpenCC  # 30 ms and 5 MB that most conversations never need

    converter: _Converter = OpenCC("t2s")
    return converter


def _to_simplified(text: str) -> str:
    return _simplifier().convert(text)
