from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.glossary import read_glossary
from bot.knowledge.normalise import amounts, fold, letters_share, plain, spoken
from tests.knowledge.conftest import CONTENT

GLOSSARY = read_glossary(CONTENT)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("創業補貼怎麼領", "创业补贴怎么领"),
        ("３０００－５０００元", "3000-5000元"),
        ("3000—5000元", "3000-5000元"),
        ("QUANCHENG", "quancheng"),
    ],
)
def test_writings_of_the_same_are_made_the_same(typed, same):
    assert fold(typed) == same


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("一百块", "100块"),
        ("五千", "5000"),
        ("一千五", "1500"),
        ("两千三百元", "2300元"),
        ("一百零八", "108"),
        ("三千多", "三千多"),
        ("一个月", "一个月"),
        ("十个里头", "十个里头"),
    ],
)
def test_amounts_are_compared_in_digits(said, amount):
    assert plain(said) == amount


def test_fillers_go_and_mishearings_are_put_right():
    assert spoken("呃请问事业保险怎么办手续", GLOSSARY) == "失业保险怎么办手续"


def test_a_sentence_of_fillers_alone_is_kept():
    assert spoken("您好", GLOSSARY) == "您好"


def test_the_share_of_latin_letters():
    assert letters_share("peixun yi tian 100") > 0.7
    assert letters_share("创业补贴") == 0
    assert letters_share("……") == 0


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_nothing_but_words_is_left_of_any_text(text):
    assert all(sign.isalnum() for sign in plain(text))


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("那一百块咋领", {100}),
        ("一百", {100}),
        ("10万元", {100_000}),
        ("2018年", set()),
        ("913人", set()),
        ("三年", set()),
        ("5190个", set()),
    ],
)
def test_sums_of_money_are_told_from_other_numbers(text, sums):
    assert amounts(plain(text)) == sums
