from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.answers import ROOM, Answers
from bot.knowledge.glossary import read_glossary
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, read_policies, read_publications
from dialogs.policy import PolicyAnswer
from tests.knowledge.conftest import CONTENT, TODAY

GLOSSARY = read_glossary(CONTENT)
POLICIES = {each.id: each for each in read_policies(CONTENT, GLOSSARY.headings)}
ANSWERS = Answers(POLICIES, read_publications(CONTENT), GLOSSARY, Phrases(CONTENT))
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def answer(policy: str, *asked: Part, question: str = "", today: date = TODAY) -> PolicyAnswer:
    return ANSWERS.answer(POLICIES[policy], dict.fromkeys(asked, 1.0), question, today)


def told(answer: PolicyAnswer) -> str:
    return "\n".join((answer.lead, *answer.also))


def of_content(content: Path, policy: str) -> tuple[Answers, Policy]:
    policies = {each.id: each for each in read_policies(content, GLOSSARY.headings)}
    answers = Answers(policies, read_publications(content), GLOSSARY, Phrases(content))
    return answers, policies[policy]


@pytest.mark.parametrize("part", [part for part in Part if part != Part.SOURCE])
def test_the_section_that_was_asked_for_comes_first(part):
    policy = POLICIES["startup-subsidy"]
    lead = answer("startup-subsidy", part).lead
    assert lead[:12] in policy.sections[part]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("part", [None, *Part])
def test_no_answer_shows_a_figure_that_is_not_in_the_policys_text(policy, part):
    said = answer(policy, *([part] if part else []), question="多少钱 每月 每年 2018")
    assert set(NUMBER.findall(told(said))) <= set(NUMBER.findall(POLICIES[policy].text))


@pytest.mark.parametrize("policy", POLICIES)
def test_every_sentence_of_an_answer_stands_in_the_policys_file(policy):
    text = re.sub(r"\s", "", POLICIES[policy].text)
    for sentence in re.split(r"(?<=。)", told(answer(policy, Part.AMOUNT)).replace("\n", "")):
        assert re.sub(r"\s", "", sentence) in text


@pytest.mark.parametrize("policy", POLICIES)
def test_every_answer_cites_a_version_and_a_source_and_says_how_far_it_holds(policy):
    said = answer(policy)
    assert said.version == POLICIES[policy].version
    assert said.source.title
    assert said.source.issuer
    assert said.note


@pytest.mark.parametrize("policy", POLICIES)
def test_an_answer_fits_a_phone(policy):
    assert len(told(answer(policy, Part.AMOUNT))) <= ROOM + 60


def test_what_the_source_does_not_tell_is_said_to_be_so():
    said = answer("startup-subsidy", Part.PAPERS, question="要啥材料")
    assert "原文未载明" in said.lead
    assert "5000元" in told(said)


@pytest.mark.parametrize(
    ("policy", "question", "truth"),
    [
        ("startup-subsidy", "创业补贴是每月都发吗", "只发一次"),
        ("skills-training", "学员一个月给一百对不对", "每人每天100元"),
        ("hotline-110", "找工作打110对吧", "110是报警电话"),
    ],
)
def test_a_wrong_idea_is_put_right_first(policy, question, truth):
    assert truth in answer(policy, question=question).lead[:60]


def test_a_past_practice_says_of_which_year_it_is():
    assert answer("startup-subsidy").note.startswith("这是2018年的做法（2019年4月19日报道）")


def test_whether_it_still_holds_is_said_first():
    assert answer("startup-subsidy", question="开店那五千现在还发不发").lead.startswith(
        "现在还办不办"
    )


def test_the_sections_that_have_something_to_say_are_offered():
    assert "how" not in answer("startup-subsidy").parts
    assert "source" in answer("startup-subsidy").parts


def test_one_section_is_shown_alone():
    shown = ANSWERS.show(POLICIES["startup-subsidy"], "source", TODAY)
    assert shown.lead == POLICIES["startup-subsidy"].sections[Part.SOURCE]
    assert shown.also == ()
    assert shown.source.url.startswith("https://")


@pytest.mark.parametrize(
    ("status", "until", "today", "note"),
    [
        ("in_force", "", date(2026, 12, 1), "现行有效"),
        ("in_force", "2026-12-31", date(2026, 12, 31), "现行有效"),
        ("in_force", "2026-12-31", date(2027, 1, 1), "已经到期"),
        ("in_force", "", date(2017, 12, 31), "还没有生效"),
        ("in_force", "", date(2027, 5, 23), "最后一次核对"),
        ("expired", "2020-12-31", date(2020, 1, 1), "已经到期"),
        ("historical", "", date(2026, 12, 1), "2018年的做法"),
    ],
)
def test_how_far_an_answer_holds_on_any_day(small, change, status, until, today, note):
    change("startup-subsidy", "status: historical", f"status: {status}")
    change("startup-subsidy", "valid_until:", f"valid_until: {until}")
    answers, policy = of_content(small, "startup-subsidy")
    assert note in answers.answer(policy, {}, "", today).note


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_that_has_ended_answers_as_if_in_force(policy):
    ends = POLICIES[policy].valid_until
    for year in range(2015, 2035):
        day = date(year, 6, 1)
        ended = POLICIES[policy].status == "expired" or (ends is not None and ends < day)
        assert not (ended and "现行有效" in answer(policy, today=day).note)
