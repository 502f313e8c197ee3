"""A town is known by whatever name people answer with, and only where that name means one."""

from __future__ import annotations

import pytest

from bot.jobs.reading import WorkReader

from .made import DIRECTORY, towns

READER = WorkReader(DIRECTORY)


def test_every_county_tells_its_towns_and_each_answers_to_its_name() -> None:
    for county, names in towns().items():
        assert sorted(READER.towns(county)) == names
        assert [READER.town(county, name) for name in names] == names
    assert READER.towns("火星县") == ()


@pytest.mark.parametrize(
    ("said", "town"),
    [
        ("和阳镇", "和阳镇"),
        ("和阳", "和阳镇"),
        ("就在贾宋那边吧", "贾宋镇"),
        ("不去和阳，去贾宋", "贾宋镇"),
        ("和阳或者贾宋", None),  # which of the two?
        ("不去和阳", None),
        ("洺州镇", None),  # of another county
        ("工资五千", None),
        ("", None),
    ],
)
def test_a_town_by_its_own_name(said: str, town: str | None) -> None:
    assert READER.town("南和区", said) == town


def test_a_town_by_a_village_there() -> None:
    assert READER.town("宁晋县", "尧台二村") == "贾家口镇"
    assert READER.town("宁晋县", "尧台二") == "贾家口镇"
    assert READER.town("宁晋县", "我家在尧台二村") == "贾家口镇"
    assert READER.town("南和区", "尧台二村") is None


def test_signs_written_otherwise_are_the_same_name() -> None:
    assert {READER.town("临西县", name) for name in ("尖塚镇", "尖冢镇", "尖冢")} == {"尖塚镇"}
    assert READER.wish("想在尖塚镇找活").towns == ("尖塚镇",)


@pytest.mark.parametrize(
    ("said", "counties", "town"),
    [
        ("想在尧台二村附近找个活", ("宁晋县",), ("贾家口镇",)),
        ("想在任泽区南张村附近找个活", ("任泽区",), ("邢家湾镇",)),
        ("我家在尧台二村，想去北京干", (), ()),
    ],
)
def test_a_village_in_a_wish_tells_its_town(
    said: str, counties: tuple[str, ...], town: tuple[str, ...]
) -> None:
    wish = READER.wish(said)
    assert (wish.counties, wish.towns) == (counties, town)


@pytest.mark.parametrize(
    ("said", "is_near"),
    [
        ("想找个离家近的活", True),
        ("家门口有啥活", True),
        ("离俺家近点就中", True),
        ("不想离家太远", True),
        ("想在南和找个电焊的活", False),
        ("想去北京打工", False),
    ],
)
def test_who_wants_to_work_near_home_is_known(said: str, is_near: bool) -> None:
    assert READER.is_near(said) is is_near
