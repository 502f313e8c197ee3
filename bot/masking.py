"""Personal numbers made unreadable: mainland mobile numbers, ID numbers, bank cards.

Also in the wide digits of Chinese keyboards, in Chinese numerals read out, and in groups. What
merely looks alike is left: an ID number has a birthday and a check digit (GB 11643, mod 11-2), a
bank card passes the Luhn test.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_ALIKE = str.maketrans(
    "０１２３４５６７８９ｘＸ〇零○一二三四五六七八九幺－—–　", "0123456789xX0001234567891--- "
)
_IDENTITY = re.compile(r"(?<!\d)\d(?:[ -]?\d){16}[ -]?[\dXx](?![\dA-Za-z])")
_CARD = re.compile(
    r"(?<![\dA-Za-z])[3-69]\d{3}(?:[ -]?\d{4}){2}(?:[ -]?\d{1,7})(?:[ -]?\d{1,3})?(?!\d)"
)
_MOBILE = re.compile(r"(?<!\d)(?:(?:00)?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
# Without so many digits in a row, and what may stand between them, there is no number.
_LIKELY = re.compile(r"[\dxXｘＸ〇零○一二三四五六七八九幺 　－—–-]{11}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CARD_LENGTHS = range(16, 20)  # digits


def masked(text: str) -> str:
    """The text with all of them masked: 138****5678, 110101********1234."""
    return _mask(without_secrets(text), _MOBILE, _is_any, 3, 4)


def without_secrets(text: str) -> str:
    """The text with ID numbers and bank cards masked, which nobody here ever needs. A telephone
    number stays: somebody may have to call it."""
    text = _mask(text, _IDENTITY, is_identity, 6, 4)
    return _mask(text, _CARD, is_card, 4, 4)


def masked_phone(phone: str | None) -> str | None:
    """A telephone number of which only the ends are told."""
    if phone is None:
        return None
    shown = masked(phone)
    return shown if shown != phone else phone[:3] + "****" + (phone[-2:] if len(phone) > 6 else "")


def masked_name(name: str | None) -> str | None:
    """The first character of a name, and a star for each other one: 王**."""
    return None if name is None else name[:1] + "*" * len(name[1:4])


def is_identity(digits: str) -> bool:
    """Whether 18 characters are a mainland ID number: with a birthday and the check digit."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    if len(digits) != 18 or _CHECKS[total % 11] != digits[17].upper():
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year < 2100


def is_card(digits: str) -> bool:
    """Whether the digits can be a bank card's number: its length, and the Luhn test."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return len(digits) in _CARD_LENGTHS and sum(n - 9 * (n > 9) for n in doubled) % 10 == 0


def _is_any(digits: str) -> bool:
    return True


def _mask(
    text: str, pattern: re.Pattern[str], is_one: Callable[[str], bool], first: int, last: int
) -> str:
    """The text with the middle of each number replaced; found in its plain twin of equal length."""
    if _LIKELY.search(text) is None:
        return text
    plain = text.translate(_ALIKE)
    parts, end = [], 0
    for match in pattern.finditer(plain):
        start, stop = match.span(match.lastindex or 0)
        places = [place for place in range(start, stop) if plain[place].isalnum()]
        if is_one("".join(plain[place] for place in places)):
            stars = "*" * (len(places) - first - last)
            head, tail = text[end : places[first - 1] + 1], text[places[-last] : stop]
            parts += [head, stars, tail]
            end = stop
    return "".join((*parts, text[end:]))
