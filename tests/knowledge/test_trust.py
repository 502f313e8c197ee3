"""What every answer promises, held over every policy and many days.

Its figures stand in the text that it cites, are in force on that day or said not to be, and no
policy that has ended speaks as if in force.
"""

from __future__ import annotations

import asyncio
import re
from datetime import date
from functools import cache

import pytest

from bot.knowledge.answers import Answers
from bot.knowledge.glossary import read_glossary
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, read_policies, read_publications
from bot.knowledge.standing import even
from dialogs.policy import Answered, PolicyAnswer
from tests.knowledge.conftest import CONTENT, opened

GLOSSARY = read_glossary(CONTENT)
POLICIES = {each.id: each for each in read_policies(CONTENT, GLOSSARY.headings)}
PHRASES = Phrases(CONTENT)
ANSWERS = Answers(POLICIES, read_publications(CONTENT), GLOSSARY, PHRASES)
DAYS = [date(year, month, 1) for year in range(2017, 2029) for month in (2, 10)]
QUESTIONS = ("给多少钱", "听说一个月给九千是不是", "去年给多少", "现在还能领吗", "2019年多少", "")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SUM = re.compile(r"\d+(?:\.\d+)?万?元")


def told(answer: PolicyAnswer) -> str:
    return "\n".join((answer.lead, *answer.also))


@cache
def of_day(policy: str, day: date) -> tuple[PolicyAnswer, ...]:
    return tuple(
        ANSWERS.answer(POLICIES[policy], dict.fromkeys(asked, 1.0), question, day)
        for question in QUESTIONS
        for asked in ((), (Part.AMOUNT,))
    )


def answers(policy: Policy, day: date) -> tuple[PolicyAnswer, ...]:
    return of_day(policy.id, day)


def numbers(text: str) -> set[str]:
    return {number.lstrip("0") for number in NUMBER.findall(text)}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda each: each.id)
def test_no_answer_of_any_day_shows_a_number_that_is_not_in_the_policys_text(policy):
    known = numbers(policy.text) | {"2019"}
    for day in DAYS:
        for answer in answers(policy, day):
            assert numbers(told(answer)) <= known


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda each: each.id)
def test_a_sum_that_holds_no_longer_is_never_told_without_saying_so(policy):
    """It stands beside its own time, or the note tells that it is an old one."""
    for day in DAYS:
        past = {
            even(each.amount)
            for each in policy.figures
            if each.kind == "entitlement" and not each.holds_on(day) and SUM.search(each.amount)
        }
        lasting = {even(each.amount) for each in policy.figures if each.holds_on(day)}
        for answer in answers(policy, day):
            shown = {amount for amount in past - lasting if amount in even(told(answer))}
            is_dated = "您问的时期" in told(answer) or "这一时期" in told(answer)
            warns = any(
                word in answer.note for word in ("以前的标准", "到期", "还没有生效", "年的做法")
            )
            assert not shown or warns or is_dated or "没有核实" in answer.note


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda each: each.id)
def test_no_policy_that_has_ended_speaks_as_in_force_on_any_day(policy):
    for day in DAYS:
        begun = policy.valid_from is None or policy.valid_from <= day
        ended = policy.valid_until is not None and policy.valid_until < day
        for answer in answers(policy, day):
            if begun and (policy.status == "expired" or ended):
                assert "现行有效" not in answer.note
                assert "现在仍然有效" not in told(answer)
                assert "到期" in answer.note or "的做法" in answer.note


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda each: each.id)
def test_every_answer_of_any_day_cites_its_version_and_a_source(policy):
    for day in DAYS:
        for answer in answers(policy, day):
            assert answer.version == policy.version
            assert answer.sources
            assert answer.note


@pytest.mark.parametrize("today", [date(2017, 6, 1), date(2021, 6, 1), date(2028, 6, 1)])
async def test_every_answered_record_names_the_version_of_each_policy_it_cites(today):
    library = await asyncio.to_thread(opened, CONTENT, today=today)
    for policy in POLICIES.values():
        for question in policy.questions[::9]:
            found = await library.find(question)
            if isinstance(found, Answered):
                versions = found.evidence["versions"]
                assert isinstance(versions, dict)
                assert versions == {each.policy: each.version for each in found.answers}
                assert versions
