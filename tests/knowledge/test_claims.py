from __future__ import annotations

from datetime import date

import pytest

from bot.knowledge.claims import Claims
from bot.knowledge.glossary import read_glossary
from bot.knowledge.normalise import spoken
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import read_policies
from tests.knowledge.conftest import CONTENT, TODAY

GLOSSARY = read_glossary(CONTENT)
POLICIES = {each.id: each for each in read_policies(CONTENT, GLOSSARY.headings)}
CLAIMS = Claims(POLICIES, GLOSSARY, Phrases(CONTENT))


def verdict(policy: str, question: str, today: date = TODAY) -> str:
    return CLAIMS.judge(POLICIES[policy], spoken(question, GLOSSARY), today)


@pytest.mark.parametrize(
    ("policy", "question", "amount"),
    [
        ("startup-subsidy", "听人说创业补贴有八千呢，是不是", "5000元"),
        ("skills-training", "学手艺一天给三百块吧", "100元"),
        ("rent-subsidy", "租金能补六年，对吧", "最长3年"),
        ("disability-quota", "残疾人得占百分之三是不是", "1.5%"),
        ("qianxiao-aid", "住宿费听说给补一千", "住宿费500元"),
        ("labor-inspection", "监察十天就得办完，是吧", "60个工作日"),
        ("severance-pay", "补偿一年给三个月工资吗", "一个月工资"),
        ("incubation-base", "全市就八家孵化基地吧", "49家"),
    ],
)
def test_a_wrong_number_is_put_right_with_the_figure_of_the_text(policy, question, amount):
    said = verdict(policy, question)
    assert said.startswith("不是您说的那个数")
    assert amount in said


@pytest.mark.parametrize(
    ("policy", "question", "amount"),
    [
        ("startup-subsidy", "创业补贴是给五千吧", "5000元"),
        ("skills-training", "培训一天补一百，没错吧", "100元"),
        ("welfare-posts", "专岗一个月给三百是不是", "不低于300元"),
        ("severance-pay", "经济补偿一年给一个月工资吗", "一个月工资"),
    ],
)
def test_a_right_number_is_confirmed(policy, question, amount):
    said = verdict(policy, question)
    assert said.startswith("数目没说错")
    assert amount in said


@pytest.mark.parametrize(
    ("policy", "question", "words"),
    [
        ("startup-subsidy", "创业补贴是按月给的吧", "不是按月"),
        ("yulu-plan", "雨露计划每个月发三千是不是", "不是按月"),
        ("rent-subsidy", "租金补贴三五千是一次性给清的吧", "不是一次性"),
        ("skills-training", "学员补助是每年一百块吧", "不是按年"),
    ],
)
def test_a_wrong_period_is_put_right_from_the_figure(policy, question, words):
    assert words in verdict(policy, question)


@pytest.mark.parametrize(
    ("policy", "question"),
    [
        ("startup-subsidy", "创业补贴给多少"),  # claims nothing
        ("startup-subsidy", "听说有创业补贴，房租一年八千能用它交不"),  # another sum
        ("severance-pay", "俺干了六年，听说给补偿"),  # about the visitor
        ("unemployment-duration", "交满十年能领三年失业金是吧"),  # two numbers
        ("rent-subsidy", "租金补贴四千是不是"),  # within the range
        ("minimum-wage", "最低工资是1900吧"),  # nothing is known to hold today
        ("startup-loan", "小微企业能贷三百万是吧"),  # it was so once
    ],
)
def test_where_it_is_not_sure_it_says_neither(policy, question):
    assert verdict(policy, question) == ""


def test_a_claim_is_judged_by_the_day():
    assert "2000元" in verdict("minimum-wage", "邢台最低工资是一千九吧", date(2024, 5, 1))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("claim", ["听说给一万二是不是", "每月给三百吧", "给八年，对吧"])
def test_a_verdict_holds_only_figures_in_force_and_never_the_claimed_number(policy, claim):
    for year in (2015, 2018, 2021, 2024, 2027):
        day = date(year, 6, 1)
        said = verdict(policy, claim, day)
        if said:
            held = [each for each in POLICIES[policy].figures if each.holds_on(day)]
            assert any(each.amount in said for each in held)
            assert "12000" not in said
