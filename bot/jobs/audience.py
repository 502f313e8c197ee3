"""The query by which staff choose an audience, read and written.

    县=南和区 且 (工种=电焊工 或 工种=电工) 非 报过名
    county=南和区 and pay>=4000 and not reached=12

Conditions side by side are joined by and. A value with spaces or signs stands in quotes, several
stand with commas between them: `县=南和区,清河县`.
"""

from __future__ import annotations

from typing import assert_never

from bot.jobs.query_words import ALL, AND, NOT, OR, WORDS, AudienceError, Token, quoted, tokens_in
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
_RATINGS = {"有用": "yes", "没用": "no", "yes": "yes", "no": "no"}


def read_audience(text: str) -> Audience:
    """The audience that a query names; an empty one names everybody. Raises AudienceError."""
    if len(text) > LONGEST:
        raise AudienceError("too_long", LONGEST)
    reader = _Reader(list(tokens_in(text)), len(text))
    return Everybody() if reader.is_done() else reader.whole()


def write_audience(audience: Audience) -> str:
    """The query, as staff write it; reading it gives the same audience."""
    match audience:
        case Everybody():
            return ALL[0]
        case Has(feature=feature, values=values, compare=compare):
            sign = compare.value if values else ""
            return TITLES[feature] + sign + ",".join(map(quoted, values))
        case Not(part=part):
            return f"{NOT[0]} {_inside(part)}"
        case And(parts=parts):
            return f" {AND[0]} ".join(map(_inside, parts))
        case Or(parts=parts):
            return f" {OR[0]} ".join(map(_inside, parts))
        case _:
            assert_never(audience)


def _inside(part: Audience) -> str:
    text = write_audience(part)
    return f"({text})" if isinstance(part, (And, Or)) else text


class _Reader:
    """Reads tokens by the grammar: or binds least, then and, then not."""

    def __init__(self, tokens: list[Token], end: int) -> None:
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
        while self._takes(OR):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Audience:
        parts = [self._one()]
        while self._takes(AND) or not self._is_at((*OR, ")")):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Audience:
        self._depth += 1
        if self._depth > DEEPEST:
            raise AudienceError("too_deep", self._at())
        try:
            if self._takes(NOT):
                return Not(self._one())
            if self._takes(("(",)):
                return self._bracket()
            return Everybody() if self._takes(ALL) else self._condition()
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

    def _compare(self, feature: Feature, sign: Token) -> Compare:
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
        if not token.quoted and (token.text in "()=,&|!" or token.text.lower() in WORDS):
            raise AudienceError("a_value", token.at, token.text)
        if feature in NUMBERS:
            return _number(token)
        if feature is Feature.RATED:
            return _rating(token)
        return token.text

    def _take(self, wanted: str) -> Token:
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


def _number(token: Token) -> str:
    digits = token.text.removesuffix("天").removesuffix("元")
    if not digits.isascii() or not digits.isdecimal() or int(digits) > LARGEST:
        raise AudienceError("a_number", token.at, token.text)
    return str(int(digits))


def _rating(token: Token) -> str:
    if token.text not in _RATINGS:
        raise AudienceError("a_rating", token.at, token.text)
    return _RATINGS[token.text]
