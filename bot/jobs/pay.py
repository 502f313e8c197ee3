"""The pay a sentence asks for: the sum, and what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.jobs.numerals import Number, numbers
from bot.jobs.phrases import Phrases
from bot.jobs.sentences import Grammar, Sentence
from bot.jobs.vocabulary import Speech
from dialogs.work import PayUnit

_YEAR = "年"
_MONTHS = 12
_LEAST = {PayUnit.MONTH: 300, PayUnit.DAY: 30, PayUnit.HOUR: 5, PayUnit.PIECE: 1, _YEAR: 10_000}
_MOST = {PayUnit.MONTH: 60_000, PayUnit.DAY: 3_000, PayUnit.HOUR: 500, PayUnit.PIECE: 2_000,
         _YEAR: 1_000_000}  # fmt: skip
_MONTHLY = 800  # yuan: a bare sum from here on is for a month, below it for a day
_PLAIN = 1000  # a number without any word for money is a sum from here on
_ROUND = 50
_BEFORE, _AFTER = 9, 7  # signs within which a word belongs to a number

_COUNTS = re.compile(
    r"\s*[多来几余]?(?:年|岁|周岁|人|名|位|口|点|号|里|斤|公斤|米|厘米|亩|公里|路|度|班|楼|套房|期|届|级|"
    r"险|金|险一金|[:%]|个(?!月|小时|钟|点)|孩|家|辆|吨|平|只|头|天(?!给|结)|小时|钟头|次|遍|倍|"
    r"毛|角|分(?!拣)|分钟|两班|休|月份|月底|月初|中|小|楼|栋|条|辈|本|样|块地|开外|出头的人)"
)
_MONEY = re.compile(r"\s*[多来几余把+]?\s*(?:块|元|圆|rmb|¥)")
_PER = re.compile(
    r"\s*(?:多|把|左右|上下|以上|往上|起|来|几|\+|以内)?\s*(?:块钱|块|元|圆|钱)?(?:左右|以上|往上|起)?\s*"
    r"(?:(?:一|每|/|1)\s*个?\s*(?P<per>月|天|日|晌|工|小时|钟头|钟|h|时|年|件|双|套|个(?!月|小时|钟))|(?P<settled>日结|月结))"
)
_PER_UNIT = {
    "月": PayUnit.MONTH, "月结": PayUnit.MONTH, "天": PayUnit.DAY, "日": PayUnit.DAY,
    "晌": PayUnit.DAY, "工": PayUnit.DAY, "日结": PayUnit.DAY, "小时": PayUnit.HOUR,
    "钟头": PayUnit.HOUR, "钟": PayUnit.HOUR, "h": PayUnit.HOUR, "时": PayUnit.HOUR,
    "年": _YEAR, "件": PayUnit.PIECE, "双": PayUnit.PIECE, "套": PayUnit.PIECE,
    "个": PayUnit.PIECE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pay:
    """A wage wished for, in yuan."""

    least: int | None = None
    unit: PayUnit | None = None


@dataclass(frozen=True, slots=True)
class _Sum:
    value: float
    unit: str
    is_now: bool  # what they get now, or got once


class PayReader:
    """Reads pay by the words of speech.yaml."""

    def __init__(self, speech: Speech, grammar: Grammar) -> None:
        self._grammar = grammar
        units = speech.tables["units"]
        self._units = Phrases({word: unit for unit, words in units.items() for word in words})
        self._not_wage = Phrases.of(speech.lists["not_wage"])
        self._now = Phrases.of(speech.lists["wage_now"])
        self._wage = Phrases.of(speech.lists["wage"])
        modes = (("by_piece", PayUnit.PIECE), ("by_day", PayUnit.DAY),
                 ("by_hour", PayUnit.HOUR), ("by_month", PayUnit.MONTH))  # fmt: skip
        self._modes = Phrases({word: unit for name, unit in modes for word in speech.lists[name]})

    def read(self, said: Sentence) -> Pay:
        """The first wage wished for; its unit alone when no sum is said."""
        sums = [it for it in self._sums(said) if not it.is_now]
        if sums:
            return _pay(sums[0])
        return Pay(None, next(self._modes_said(said), None))

    def _modes_said(self, said: Sentence) -> Iterator[PayUnit]:
        for it in self._modes.find(said.text):
            if not self._grammar.is_refused(said, it.start, it.end):
                yield it.means

    def _sums(self, said: Sentence) -> Iterator[_Sum]:
        last = 0
        for it in numbers(said.text):
            found = self._sum(said, it, max(last, said.clause_at(it.start).start))
            if found is not None:
                last = it.end
                yield found

    def _sum(self, said: Sentence, it: Number, floor: int) -> _Sum | None:
        text = said.text
        before = text[max(floor, it.start - _BEFORE) : it.start]
        after = text[it.end : it.end + _AFTER]
        per = _PER.match(text, it.end, it.end + 14)
        if _COUNTS.match(after) and not per:
            return None
        if text[it.start - 1 : it.start] in ("第", ":", "-") or self._not_wage.within(before):
            return None
        unit = _PER_UNIT[per["per"] or per["settled"]] if per else self._unit(it.value, before)
        if unit is None and not self._is_money(it, before, after):
            return None
        unit = unit or self._likely(it.value, said)
        if not _fits(it.value, unit):
            return None
        return _Sum(it.value, unit, self._now.within(before) or said.clause_at(it.start).is_past)

    def _is_money(self, it: Number, before: str, after: str) -> bool:
        if _MONEY.match(after) or self._wage.within(before):
            return it.value >= _ROUND or it.has_unit
        return it.has_unit or it.value >= _PLAIN

    def _unit(self, value: float, before: str) -> str | None:
        found = [it.means for it in self._units.find(before) if _fits(value, it.means)]
        return found[-1] if found else None

    def _likely(self, value: float, said: Sentence) -> str:
        modes = [it for it in self._modes_said(said) if it != PayUnit.PIECE and _fits(value, it)]
        if modes:
            return modes[0]
        return PayUnit.MONTH if value >= _MONTHLY else PayUnit.DAY


def _fits(value: float, unit: str) -> bool:
    return _LEAST[unit] <= value <= _MOST[unit]


def _pay(sum_: _Sum) -> Pay:
    if sum_.unit == _YEAR:
        return Pay(int(sum_.value) // _MONTHS, PayUnit.MONTH)
    return Pay(int(sum_.value) or None, PayUnit(sum_.unit))
