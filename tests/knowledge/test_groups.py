"""Who asks what there is for people like them is offered what there is."""

from __future__ import annotations

import pytest

from bot.knowledge.check import check
from bot.knowledge.groups import read_groups
from bot.knowledge.normalise import plain
from dialogs.policy import Answered, Choices
from tests.knowledge.conftest import CONTENT, TODAY

GROUPS = read_groups(CONTENT)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("娃大专毕业没班上，县里有啥扶持", "internship"),
        ("退伍回来国家有哪些照顾？", "veteran-services"),
        ("想自己干点买卖，政府给啥支持", "startup-subsidy"),
        ("俺五十多了没活，有没有啥补助", "hardship-recognition"),
    ],
)
def test_a_group_that_asks_for_everything_is_known(said, first):
    assert GROUPS.offered(plain(said))[0] == first


@pytest.mark.parametrize("said", ["毕业生见习要多大岁数", "有啥政策", "退伍兵贷款给多少"])
def test_who_asks_for_one_thing_or_names_no_group_is_not(said):
    assert GROUPS.offered(plain(said)) == ()


async def test_the_policies_for_a_group_are_offered_to_choose_from(library):
    found = await library.find("俺小子大学毕业在家闲着，公家有啥帮扶没")
    assert isinstance(found, Choices)
    assert "internship" in dict(found.titles)


async def test_a_policy_that_is_plainly_asked_for_is_told_all_the_same(library):
    found = await library.find("退伍军人办小微企业贷款有啥政策")
    assert isinstance(found, Answered)
    assert found.answers[0].policy == "veteran-startup-loan"


def test_content_without_groups_has_none(small):
    assert read_groups(small).offered("毕业生有啥政策") == ()


def test_a_group_that_offers_what_is_not_there_is_found(linked):
    written = "asking: [有啥]\nhelp: [政策]\ngroups:\n  all: {people: [我], policies: [moon]}\n"
    (linked / "groups.yaml").write_text(written, "utf-8")
    [found] = [each for each in check(linked, TODAY) if each.file == "groups.yaml"]
    assert (found.words, found.line, found.facts) == ("check.dead_link", 4, {"id": "moon"})


def test_groups_that_are_none_are_refused(linked):
    (linked / "groups.yaml").write_text("groups: {all: [我]}\n", "utf-8")
    assert {each.words for each in check(linked, TODAY)} == {"check.not_groups"}
