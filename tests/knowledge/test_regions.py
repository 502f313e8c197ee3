from __future__ import annotations

import pytest

from bot.knowledge.glossary import read_glossary
from bot.knowledge.regions import Regions
from dialogs.policy import Answered, Declined
from tests.knowledge.conftest import CONTENT

REGIONS = Regions(read_glossary(CONTENT))


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("唐山的创业补贴给多少", "唐山"),
        ("天津现在最低工资多少", "天津"),
        ("在廊坊领失业金一个月多少", "廊坊"),
        ("山东那边的公益岗", "山东"),
        ("我在保定打工，那边公益岗多少", "保定"),
        ("我哥在唐山，他那边招一个贫困户给多少", "唐山"),
        ("我是邢台人，保定的公益岗多少", "保定"),
    ],
)
def test_a_place_that_is_asked_about_is_found(question, place):
    assert REGIONS.asked(question) == {place}


@pytest.mark.parametrize(
    "question",
    [
        "从唐山回来想开店",
        "在天津打工三年了",
        "在天津打工，邢台这边给多少",
        "人家山东吸纳一个人给三千，咱这给多少",
        "邯郸的公益岗一月一千多，那邢台呢",
        "去上海、苏州的电子厂",
        "养老保险从广东转回邢台",
        "去年去的江苏昆山打工",
    ],
)
def test_a_place_of_the_story_is_not(question):
    assert REGIONS.asked(question) == frozenset()


@pytest.mark.parametrize("question", ["唐山的一次性创业补贴给多少", "天津公益岗一个月给多少"])
async def test_our_figure_is_not_told_for_another_place(library, question):
    found = await library.find(question)
    assert isinstance(found, Declined)
    assert found.passage == "elsewhere.elsewhere_place"


async def test_a_law_of_the_whole_country_is_told_for_every_place(library):
    found = await library.find("山东的劳动仲裁收费吗")
    assert isinstance(found, Answered)
    assert found.answers[0].policy == "labor-arbitration"


async def test_another_county_that_a_policy_tells_of_may_be_asked_about(library):
    found = await library.find("雄安的困难毕业生求职补贴一人多少")
    assert isinstance(found, Answered)
