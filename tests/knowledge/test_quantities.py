from __future__ import annotations

import pytest

from bot.knowledge.quantities import counted, periods, quantities, without_periods


@pytest.mark.parametrize(
    ("text", "unit", "least", "most"),
    [
        ("一万二", "元", 12000, 12000),
        ("1万2", "元", 12000, 12000),
        ("三千五百块", "元", 3500, 3500),
        ("二百六", "元", 260, 260),
        ("200万元", "元", 2_000_000, 2_000_000),
        ("3000—5000元", "元", 3000, 5000),
        ("百分之五", "%", 5, 5),
        ("三成", "%", 30, 30),
        ("半年", "月", 6, 6),
        ("八年半", "月", 102, 102),
        ("60个工作日", "日", 60, 60),
        ("十五天内", "日", 15, 15),
        ("两个月工资", "月工资", 2, 2),
        ("二倍", "倍", 2, 2),
        ("五十个贫困户", "人", 50, 50),
    ],
)
def test_a_spoken_number_is_read_with_its_unit(text, unit, least, most):
    [found] = quantities(text)
    assert (found.unit, found.least, found.most) == (unit, least, most)


@pytest.mark.parametrize("text", ["2018年", "一二三", "三无人员", "万一", "164是啥"])
def test_what_only_looks_like_a_quantity_is_none(text):
    assert [each for each in quantities(text) if each.least != 164] == []


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("每月三百", {"month"}),
        ("一天一百", {"day"}),
        ("每生每学年", {"year"}),
        ("每人，一次性", {"once"}),
        ("一个月工资", set()),
        ("每人每年一次", {"year", "once"}),
    ],
)
def test_how_often_is_told_from_the_words(text, often):
    assert periods(text) == often


def test_how_often_is_no_quantity():
    assert [each.unit for each in quantities(without_periods("一天给五百"))] == ["元"]


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("一年能领几回", "每人每年最多3次。", "初级1000元。"),
        ("能领几个月", "最长18个月。", "2018年的做法。"),
        ("招几成才够", "达到职工总数30%以上。", "带动10人以上。"),
        ("多少人去了", "转移就业913人。", "跟118家合作。"),
        ("都有啥岗", "保洁员、护路员、护林员等。", "安排他们干。"),
    ],
)
def test_a_sentence_that_counts_what_is_asked_for(question, told, other):
    [pattern] = counted(question)
    assert pattern.search(told)
    assert not pattern.search(other)


def test_who_asks_for_no_count_wants_none():
    assert counted("怎么申请") == ()
