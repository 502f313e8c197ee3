from __future__ import annotations

import pytest

from bot.knowledge.aspects import Aspects
from bot.knowledge.clauses import Clauses
from bot.knowledge.glossary import read_glossary
from bot.knowledge.policies import Part
from tests.knowledge.conftest import CONTENT

GLOSSARY = read_glossary(CONTENT)
ASPECTS = Aspects(GLOSSARY)
CLAUSES = Clauses(GLOSSARY)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("创业补贴给多少钱", Part.AMOUNT),
        ("领创业补贴要啥材料", Part.PAPERS),
        ("技能培训怎么报名", Part.HOW),
        ("专岗补贴什么时候到账", Part.WHEN),
        ("到哪儿去问,电话多少", Part.WHERE),
        ("哪些人能领", Part.WHO),
        ("认定车间要什么条件", Part.CONDITIONS),
        ("2018年一共发了多少", Part.RESULTS),
        ("直通车是啥意思", Part.WHAT),
        ("文号是多少", Part.SOURCE),
    ],
)
def test_the_section_that_is_asked_for(question, part):
    assert next(iter(ASPECTS.asked(question))) == part


def test_a_word_of_the_matter_itself_asks_for_no_section():
    assert Part.PAPERS in ASPECTS.asked("老板扣我身份证")
    assert ASPECTS.asked("老板扣我身份证", "不得收押金、不得扣身份证") == {}
    assert [*ASPECTS.asked("身份证扣了找谁", "不得扣身份证")] == [Part.WHERE]


def test_the_last_clause_asks_more_than_what_leads_up_to_it():
    asked = ASPECTS.asked("不知道要啥材料,反正给多少钱?")
    assert list(asked)[:2] == [Part.AMOUNT, Part.PAPERS]


def test_a_sentence_without_cue_words_asks_for_nothing():
    assert ASPECTS.asked("扶贫车间") == {}


@pytest.mark.parametrize("question", ["那要啥材料?", "多少钱来着", "我媳妇也能领吗?"])
def test_little_is_left_of_a_question_that_leans_on_what_was_said(question):
    assert len(ASPECTS.bare(question.strip("?"))) < 4


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("创业补贴给多少?房租补多少?", 2),
        ("贷款最多贷多少,孵化基地收费不?", 2),
        ("没进孵化基地,自己在外面租地方,每年能补多少?", 1),
        ("扶贫车间", 1),
        ("", 0),
    ],
)
def test_a_message_is_cut_where_another_question_begins(message, parts):
    assert len(CLAUSES.questions(message)) == parts


def test_nothing_is_lost_in_cutting():
    message = "我是开厂的,贷款最多多少?招一个人补多少,另外还想问培训要钱不,谢谢"
    assert "".join(CLAUSES.questions(message)) == message


def test_a_number_of_people_that_somebody_tells_is_no_question():
    message = "俺招了十几个人,也想贷点款,招一个给补多少?"
    assert CLAUSES.questions(message) == [message]


def test_what_two_people_do_is_asked_of_each():
    assert CLAUSES.questions("俩孩子,一个上高职,一个上技校,各补多少") == [
        "俩孩子,上高职,各补多少",
        "俩孩子,上技校,各补多少",
    ]


def test_one_that_stands_alone_is_none_of_two():
    assert len(CLAUSES.questions("招一个给多少钱")) == 1
