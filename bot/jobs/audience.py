"""The query by which staff choose an audience, read and written.

    县=南和区 且 (工种=电焊工 或 工种=电工) 非 报过名
    county=南和区 and pay>=4000 and not reached=12

Conditions side by side are joined by and. A value with spaces or signs stands in quotes, several
stand with commas between them: `县=南和区,清河县`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from bot.records.conditions import (
    COMPARED,
    FLAGS,
    NUMBERS,
    And,
    Audience,
    Compare,
    Everybody,
    Feature,
    Has,
    Not,
    Or,
)

LONGEST = 4000  # characters of a query
DEEPEST = 30  # brackets and nots within each other
LARGEST = 10**9

NAMES = {
    "县": Feature.COUNTY,
    "镇": Feature.TOWN,
    "工种": Feature.TRADE,
    "意向县": Feature.PLACE,
    "类型": Feature.KIND,
    "月薪": Feature.PAY,
    "人员": Feature.CATEGORY,
    "渠道": Feature.CHANNEL,
    "天内来过": Feature.SEEN,
    "收到过": Feature.REACHED,
    "评价": Feature.RATED,
    "报过名": Feature.APPLIED,
    "已登记": Feature.REGISTERED,
    "在找工作": Feature.WISHING,
}
TITLES = {feature: name for name, feature in NAMES.items()}
_OTHER_NAMES = {
    "县区": Feature.COUNTY,
    "乡镇": Feature.TOWN,
    "工资": Feature.PAY,
    "最近": Feature.SEEN,
    **{feature.value: feature for feature in Feature},
}
_ALL = ("所有人", "all")
_AND, _OR, _NOT = ("且", "and", "&"), ("或", "or", "|"), ("非", "not", "!")
_RATINGS = {"有用": "yes", "没用": "no", "yes": "yes", "no": "no"}
_SIGNS = {"（": "(", "）": ")", "，": ",", "、": ",", "＝": "=", "≥": ">=", "≤": "<=", "：": "=",
          ":": "=", "！": "!"}  # fmt: skip
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"|“[^”]*”|>=|<=|!=|！=|[()=,&|!（），、＝≥≤：:！]'
    r'|[^\s"“”()=,&|!<>（），、＝≥≤：:！]+|\S'
)
_PLAIN = re.compile(r'[^\s"“”()=,&|!<>（），、＝≥≤：:！]+')
_UNREADABLE = frozenset('<>"“”')  # alone, they are no token
_WORDS = frozenset((*_ALL, *_AND, *_OR, *_NOT))


class AudienceError(Exception):
    """A query that cannot be read. `words` is a key of content/replies/campaigns.yaml; `at` is the
    place, in characters from the beginning."""

    def __init__(self, words: str, at: int, found: str = "") -> None:
        super().__init__(f"{words} at {at}")
        self.words = f"campaigns.query_{words}"
        self.at = at
        self.found = found


def read_audience(text: str) -> Audience:
    """The audience that a query names; an empty one names everybody. Raises AudienceError."""
    if len(text) > LONGEST:
        raise AudienceError("too_long", LONGEST)
    reader = _Reader(list(_tokens(text)), len(text))
    return Everybody() if reader.is_done() else reader.whole()


def write_audience(audience: Audience) -> str:
    """The query, as staff write it; reading it gives the same audience."""
    match audience:
        case Everybody():
            return _ALL[0]
        case Has(feature=feature, values=values, compare=compare):
            sign = compare.value if values else ""
            return TITLES[feature] + sign + ",".join(map(_quoted, values))
        case Not(part=part):
            return f"{_NOT[0]} {_inside(part)}"
        case And(parts=parts):
            return f" {_AND[0]} ".join(map(_inside, parts))
        case Or(parts=parts):
            return f" {_OR[0]} ".join(map(_inside, parts))
        case _:
            assert_never(audience)


def _inside(part: Audience) -> str:
    text = write_audience(part)
    return f"({text})" if isinstance(part, (And, Or)) else text


def _quoted(value: str) -> str:
    is_word = value.lower() in _WORDS or value.startswith(_NOT[0])
    if _PLAIN.fullmatch(value) and not is_word:
        return value
    return '"' + value.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    quoted: bool = False


def _tokens(text: str) -> Iterator[_Token]:
    """The words and signs; a full-width sign is the same as the other."""
    for found in _TOKEN.finditer(text):
        token, at = found[0], found.start()
        if token in _UNREADABLE:
            raise AudienceError("sign" if token in "<>" else "open_quote", at, token)
        if token[0] == "“":
            yield _Token(token[1:-1], at, quoted=True)
        elif token[0] == '"':
            yield _Token(token[1:-1].replace('""', '"'), at, quoted=True)
        else:
            while token[0] == _NOT[0] and len(token) > 1:
                yield _Token(token[0], at)
                token, at = token[1:], at + 1
            yield _Token(_SIGNS.get(token, token).replace("！", "!"), at)


class _Reader:
    """Reads tokens by the grammar: or binds least, then and, then not."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._next = 0
        self._depth = 0

    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._next >= len(self._tokens)

    def whole(self) -> Audience:
        """Everything there is."""
        found = self._any()
        if not self.is_done():
            token = self._tokens[self._next]
            raise AudienceError("not_expected", token.at, token.text)
        return found

    def _any(self) -> Audience:
        parts = [self._all()]
        while self._takes(_OR):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Audience:
        parts = [self._one()]
        while self._takes(_AND) or not self._is_at((*_OR, ")")):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Audience:
        self._depth += 1
        if self._depth > DEEPEST:
            raise AudienceError("too_deep", self._at())
        try:
            if self._takes(_NOT):
                return Not(self._one())
            if self._takes(("(",)):
                return self._bracket()
            return Everybody() if self._takes(_ALL) else self._condition()
        finally:
            self._depth -= 1

    def _bracket(self) -> Audience:
        opened = self._tokens[self._next - 1].at
        found = self._any()
        if not self._takes((")",)):
            raise AudienceError("open_bracket", opened)
        return found

    def _condition(self) -> Audience:
        token = self._take("a_condition")
        feature = NAMES.get(token.text) or _OTHER_NAMES.get(token.text.lower())
        if feature is None or token.quoted:
            raise AudienceError("unknown", token.at, token.text)
        if feature in FLAGS:
            return Has(feature)
        sign = self._take("a_sign")
        if sign.text == "!=" and not sign.quoted:
            return Not(Has(feature, self._values(feature)))
        return Has(feature, self._values(feature), self._compare(feature, sign))

    def _compare(self, feature: Feature, sign: _Token) -> Compare:
        known = {it.value: it for it in Compare}
        found = None if sign.quoted else known.get(sign.text)
        if found is None or (found is not Compare.IS and feature not in COMPARED):
            raise AudienceError("sign", sign.at, sign.text)
        return found

    def _values(self, feature: Feature) -> tuple[str, ...]:
        values = [self._value(feature)]
        while self._takes((",",)):
            values.append(self._value(feature))
        return tuple(values)

    def _value(self, feature: Feature) -> str:
        token = self._take("a_value")
        if not token.quoted and (token.text in "()=,&|!" or token.text.lower() in _WORDS):
            raise AudienceError("a_value", token.at, token.text)
        if feature in NUMBERS:
            return _number(token)
        if feature is Feature.RATED:
            return _rating(token)
        return token.text

    def _take(self, wanted: str) -> _Token:
        if self.is_done():
            raise AudienceError(wanted, self._end)
        self._next += 1
        return self._tokens[self._next - 1]

    def _takes(self, words: tuple[str, ...]) -> bool:
        is_so = not self.is_done() and self._is_at(words)
        self._next += is_so
        return is_so

    def _is_at(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words is next; the end counts as one of them."""
        if self.is_done():
            return True
        token = self._tokens[self._next]
        return not token.quoted and token.text.lower() in words

    def _at(self) -> int:
        return self._end if self.is_done() else self._tokens[self._next].at


def _number(token: _Token) -> str:
    digits = token.text.removesuffix("天").removesuffix("元")
    if not digits.isascii() or not digits.isdecimal() or int(digits) > LARGEST:
        raise AudienceError("a_number", token.at, token.text)
    return str(int(digits))


def _rating(token: _Token) -> str:
    if token.text not in _RATINGS:
        raise AudienceError("a_rating", token.at, token.text)
    return _RATINGS[token.text]
