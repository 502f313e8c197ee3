"""The age a seeker offers, and not how long they worked or how old their child is."""

from __future__ import annotations

import re

from bot.jobs.numerals import number
from bot.jobs.sentences import Sentence

YOUNGEST, OLDEST = 15, 85
_TENS = "一二三四五六七八"
_AGE = rf"(?P<age>[1-8]\d(?!\d)|(?:[{_TENS}]?十[一二三四五六七八九]?))"
_KIN = (
    r"(?:孩子|娃|小孩|宝宝|老人|婆婆|公公|爹|娘|爸|妈|父亲|母亲|老爷子|老太太|孙子|孙女|奶奶|爷爷|"
    r"二胎|老大|老二|老人家|父母)"
)
_OWN = (
    rf"(?:(?:{_KIN}|我|俺|本人|今年|年龄|年纪|岁数|周岁|虚岁|刚满|奔|整|男人|媳妇|对象|老公|老婆|儿子|"
    r"小子|闺女|妮儿|弟弟|哥|姐|妹妹|妹子|叔|老汉|女士|女|男|都|快|已经)"
    r"(?:今年|都|也|是|刚|快|已经|才|刚满|奔|整|:|,|，| |有|现在)*)"
)
_SURE = re.compile(rf"{_AGE}\s*(?:周岁|岁)(?!以|的孩|的娃|孩|娃)")
_PLAIN = re.compile(rf"(?:{_OWN}|^|(?<=[,，。 ])){_AGE}\s*(?:了|啦|嘞|喽)(?!年|个|天|月)")
_SAID = re.compile(
    rf"{_OWN}{_AGE}"
    r"(?=[,，。;；、!！ ]|$|了|出头|开外|多(?!年|天|块|个|里)|来岁|还|想|会|能|可以|的人)"
)
_SEX = re.compile(rf"(?:^|[,，。 ]){_AGE}\s*(?:女|男)(?![的装鞋])")
_ROUGH = re.compile(
    rf"{_AGE}\s*(?:出头|开外|挂零|好几|大几|啷当|郎当|冒头|挨边)(?!的孩|年|天|个|块|里|斤|万|千)"
)
_STILL = re.compile(
    rf"(?:^|[,，。 ]){_AGE}的?(?:人)?\s*还?(?:要不要|要不|要吗|收不收|能干不|行不行|行不)"
)
_KIN_BEFORE = re.compile(rf"{_KIN}[^,，]{{0,5}}$")
_FOR_THEM = re.compile(
    rf"(?:给|帮|替|让)(?:他|她|俺|我|咱|老人家)?{_KIN}?[^,，]{{0,2}}?(?:找|寻|介绍|安排|推荐|踅摸)"
)
_ALONE = re.compile(rf"(?<=[,，。;； ]){_AGE}(?=[,，。;； ])")
_CHILD = re.compile(r"(?:孩子?|娃|宝宝|孙子|孙女|二胎|老大|老二)[^,，]{0,5}$")
_NEEDY = re.compile(r"照[顾看]|伺候|离不[开了]|走不开|瘫|病|住院|[我俺]也?(?:自己)?[想要找会能在]")
_BEFORE = 8


def age(said: Sentence) -> int | None:
    """The age of whoever looks for work, if the sentence offers it."""
    for pattern in (_SURE, _PLAIN, _SAID, _SEX, _ROUGH, _STILL, _ALONE):
        for found in pattern.finditer(said.text):
            years = number(found["age"])
            if years is not None and YOUNGEST <= years <= OLDEST and not _of_others(said, found):
                return int(years)
    return None


def _of_others(said: Sentence, found: re.Match[str]) -> bool:
    """Whether it is another's age, a limit or a time."""
    at = found.start("age")
    clause = said.clause_at(at)
    before = said.text[max(clause.start, at - _BEFORE) : at]
    after = said.text[found.end("age") : found.end("age") + 4]
    if _KIN_BEFORE.search(before) and not _FOR_THEM.search(said.text):
        return bool(_CHILD.search(before) or _NEEDY.search(said.text))
    if re.search(r"[干做开跑当]$", before):
        return True
    return bool(re.match(r"\s*[-~到至]|岁?(?:以下|以内|年|个|天|块|里)|岁?到", after))
