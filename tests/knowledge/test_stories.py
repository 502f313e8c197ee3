from __future__ import annotations

import pytest

from bot.knowledge.clauses import Clauses
from bot.knowledge.glossary import read_glossary
from bot.knowledge.stories import Stories
from dialogs.policy import Answered
from tests.knowledge.conftest import CONTENT

GLOSSARY = read_glossary(CONTENT)
STORIES = Stories(GLOSSARY, Clauses(GLOSSARY))
STORY = (
    "俺家在临西乡下，四口人就靠俺一个人挣钱，前年在建筑队摔过一回，腿脚到现在还不大利索。"
    "闺女在县里上高中，老娘常年吃药，媳妇在家看着。亲戚给介绍过几个地方，人家都嫌俺岁数大没要。"
)


def test_a_short_message_is_its_own_question():
    assert STORIES.question("公益岗一个月给多少") == "公益岗一个月给多少"


@pytest.mark.parametrize(
    "story", [STORY + "请问扶贫专岗给多少钱?", "请问扶贫专岗给多少钱?" + STORY]
)
def test_the_question_is_found_before_and_behind_its_story(story):
    assert STORIES.question(story) == "请问扶贫专岗给多少钱?"


def test_a_story_with_two_questions_keeps_both():
    asked = STORIES.question(STORY + "我想问扶贫专岗给多少钱?还有劳动仲裁收费不?")
    assert "扶贫专岗给多少钱" in asked
    assert "劳动仲裁收费不" in asked


def test_a_story_that_asks_nothing_is_read_whole():
    assert STORIES.question(STORY) == STORY


async def test_the_evidence_keeps_what_was_taken_as_the_question(library):
    found = await library.find(STORY + "请问扶贫专岗一个月给多少钱？")
    assert isinstance(found, Answered)
    assert found.answers[0].policy == "welfare-posts"
    assert found.evidence["question"] == "扶贫专岗一个月给多少钱?"
