from __future__ import annotations

import pytest

from bot.knowledge.quantities import periods, quantities, without_periods


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
