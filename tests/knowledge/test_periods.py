from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.glossary import read_glossary
from bot.knowledge.normalise import fold
from bot.knowledge.periods import Periods
from tests.knowledge.conftest import CONTENT, TODAY

PERIODS = Periods(read_glossary(CONTENT))


def days(question: str) -> list[tuple[str, str]]:
    found = PERIODS.asked(fold(question), TODAY)
    return [(period.first.isoformat(), period.last.isoformat()) for period in found]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("2015年给多少", "2015-01-01", "2015-12-31"),
        ("创业补贴２０２１年多少钱", "2021-01-01", "2021-12-31"),
        ("2019年2月的贷款额度", "2019-02-01", "2019-02-28"),
        ("2020年10月1日起多少", "2020-10-01", "2020-10-01"),
        ("那18年一个月多少", "2018-01-01", "2018-12-31"),
        ("二零二三年最低工资", "2023-01-01", "2023-12-31"),
        ("一五年给多少", "2015-01-01", "2015-12-31"),
        ("去年给多少", "2025-01-01", "2025-12-31"),
        ("大前年给多少", "2023-01-01", "2023-12-31"),
        ("今年一个月多少", "2026-01-01", "2026-12-31"),
        ("现在一个月多少", "2026-11-22", "2026-11-22"),
    ],
)
def test_the_period_that_a_question_names(question, first, last):
    assert days(question) == [(first, last)]


@pytest.mark.parametrize(
    "question",
    [
        "给多少",
        "补2000元吗",
        "交满15年给多少",
        "干了一二年给多少",
        "念两年给多少",
        "给2000块",
        "2019年13月给多少",
    ],
)
def test_a_number_that_is_no_period(question):
    assert days(question) == []


def test_a_year_in_the_story_is_not_asked_for():
    assert days("俺2015年下的岗，想开个店，公家给多少") == []
    assert days("俺想开个店，2015年公家给多少") == [("2015-01-01", "2015-12-31")]


def test_two_years_are_both_asked_for_in_order():
    assert days("2020和2018一样多不") == [
        ("2018-01-01", "2018-12-31"),
        ("2020-01-01", "2020-12-31"),
    ]


@given(st.text("年月日号0123456789二零一五现在去年给多少，", max_size=20))
def test_any_text_is_read(question):
    for period in PERIODS.asked(question, date(2026, 1, 31)):
        assert period.first <= period.last
        assert period.words in question
