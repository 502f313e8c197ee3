"""Questions that ask the same come together; nothing in them tells who asked."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.knowledge.clusters import Asked, clusters, joined, masked
from bot.knowledge.glossary import read_glossary
from tests.knowledge.conftest import CONTENT

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)
GLOSSARY = read_glossary(CONTENT)
PARTS = [  # what strangers might ask, put together anew by chance
    ["煤气罐", "宽带", "路灯", "井盖", "公交卡", "快递柜", "停车位", "水表", "暖气片", "垃圾桶"],
    ["坏了", "丢了", "被人偷了", "太贵了", "没人管", "装不上", "用不了", "漏得厉害"],
    ["找谁修", "咋办理", "多少钱一个", "几天能好", "上哪投诉", "能不能退"],
    ["在东关那片", "俺们小区里", "学校门口", "医院后头", "集市边上", "河堤下面", "桥南头"],
]


def asked(*questions):
    return [
        Asked(question, BEGIN + timedelta(minutes=at), f"web:{at}")
        for at, question in enumerate(questions)
    ]


def found(*questions):
    return clusters(asked(*questions), GLOSSARY)


def test_the_same_in_other_letters_and_by_ear_is_one():
    [one] = found(
        "公积金咋提取？", "请问公积金咋提取", "公积金 咋提取!", "公基金咋提取", "工积金咋提取"
    )
    assert (one.count, one.visitors) == (5, 5)
    assert one.members == (0, 1, 2, 3, 4)
    assert (one.first, one.last) == (BEGIN, BEGIN + timedelta(minutes=4))


def test_a_few_words_more_or_less_make_no_other_question():
    many = found(
        "公积金咋提取", "公积金咋提取出来", "俺想问公积金咋提取", "井盖丢了找谁", "井盖丢了该找谁"
    )
    assert [each.count for each in many] == [3, 2]


def test_other_matters_stay_apart():
    questions = ("公积金咋提取", "井盖丢了找谁", "路灯坏了几天能修好", "宽带太贵了")
    assert {each.wording for each in found(*questions)} == set(questions)


def test_the_most_asked_comes_first_and_then_the_latest():
    many = found("井盖丢了找谁", "路灯坏了", "宽带太贵了", "路灯坏了")
    assert [each.wording for each in many] == ["路灯坏了", "宽带太贵了", "井盖丢了找谁"]


def test_what_most_people_say_is_the_wording_and_the_others_are_examples():
    [one] = found("公基金咋提取", "公积金咋提取", "公积金咋提取", "公积金咋提取呀")
    assert one.wording == "公积金咋提取"
    assert set(one.examples) == {"公基金咋提取", "公积金咋提取呀"}


def test_the_order_in_which_they_came_changes_nothing():
    questions = asked(*_strangers(400))
    shuffled = random.Random(5).sample(questions, len(questions))
    told = [(each.wording, each.count, each.last) for each in clusters(questions, GLOSSARY)]
    again = [(each.wording, each.count, each.last) for each in clusters(shuffled, GLOSSARY)]
    assert told == again


@pytest.mark.parametrize("odd", ["", "？？", "123", "a" * 5000, "😀", "焊" * 3000])
def test_odd_questions_are_counted_too(odd):
    many = found(odd, "井盖丢了找谁", odd)
    assert sum(each.count for each in many) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("我电话13000000000打不通", "我电话***打不通"),
        ("打 130-0000-0000", "打 ***"),
        ("我叫王小五，路灯坏了", "我叫某某，路灯坏了"),
        ("卡号6222 0000 0000 0000", "卡号***"),
        ("微信abc_12345", "微信***"),
        ("130****0000", "***"),
        ("信箱 a.b@example.com 没回", "信箱 *** 没回"),
        ("2018年的5000元，2019-04-19报道的", "2018年的5000元，2019-04-19报道的"),
    ],
)
def test_who_asked_is_not_told(words, expected):
    assert masked(words) == expected
    [one] = found(words, words)
    assert one.wording == expected


def test_those_that_mean_the_same_are_joined_if_they_sound_alike_at_all():
    questions = asked("公积金怎么提取", "住房公积金咋取出来", "产假多少天", "年休几日")
    many = clusters(questions, GLOSSARY)
    order = [each.wording for each in many]
    axis = {"公": 0, "住": 0, "产": 1, "年": 1}  # two and two mean exactly the same
    vectors = np.eye(2, dtype=np.float32)[[axis[wording[0]] for wording in order]]
    together = joined(many, vectors, questions)
    assert sorted(each.count for each in together) == [1, 1, 2]
    [two] = [each for each in together if each.count == 2]
    assert two.members == (0, 1)
    assert {two.wording, *two.examples} == {questions[0].question, questions[1].question}


def test_ten_thousand_take_seconds_and_twice_as_many_not_four_times_as_long():
    small, large = asked(*_strangers(2500)), asked(*_strangers(10_000))
    times = []
    for questions in (small, large):
        began = time.process_time()
        many = clusters(questions, GLOSSARY)
        times.append(time.process_time() - began)
        assert sum(each.count for each in many) == len(questions)
    assert times[1] < 15
    assert times[1] < 10 * times[0], "four times as many: near-linear is 4, quadratic 16"


def _strangers(number):
    dice = random.Random(7)
    return ["".join(dice.choice(part) for part in dice.sample(PARTS, 4)) + dice.choice("啊呢吧呀吗")
            + "".join(dice.choices("天地人和东西南北春夏秋冬风雨雷电山河湖海", k=dice.randrange(6)))
            for _ in range(number)]  # fmt: skip
