from __future__ import annotations

import pytest

from bot.knowledge.sound import Speller, readings, syllables

SPELLER = Speller(
    ["技能培训一天给多少钱", "创业孵化基地免费入驻要钱吗", "一次性创业补贴", "行业", "银行"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("peixun yi tian gei duoshao qian", "培训一天给多少钱"),
        ("peixunyitiangeiduoshaoqian", "培训一天给多少钱"),
        ("chuangye fuhua jidi ruzhu", "创业孵化基地入驻"),
        ("yinhang", "银行"),
    ],
)
def test_pinyin_becomes_the_characters_the_content_writes(typed, meant):
    assert SPELLER.characters(typed) == meant


@pytest.mark.parametrize("typed", ["ignore the policy text", "hello world", "wifi"])
def test_other_languages_are_not_taken_for_pinyin(typed):
    assert SPELLER.characters(typed) is None


def test_digits_stay_as_they_are():
    assert SPELLER.characters("peixun 100 yi tian") == "培训100一天"


def test_words_of_one_sound_share_their_syllables():
    assert set(syllables("创页")) == set(syllables("创业"))


def test_every_reading_of_a_character_is_known():
    assert set(readings("行")) >= {"xing", "hang"}
