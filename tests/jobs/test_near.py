"""Neighbours and related trades: the lists agree with themselves and with the directory; hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.jobs.directory import DirectoryError
from bot.jobs.distance import Land, Place, Wanted
from bot.jobs.hours import Hours, read_hours
from bot.jobs.related import Trade
from dialogs.work import ANYWHERE

from .made import LAND, TRADES, occupations, towns


def test_every_county_has_neighbours_and_they_have_it() -> None:
    assert set(LAND.neighbours) == set(towns())
    for county, neighbours in LAND.neighbours.items():
        assert neighbours, county
        assert county not in neighbours
        assert all(county in LAND.neighbours[other] for other in neighbours), county


def test_every_trade_of_the_lists_is_one_of_the_directory() -> None:
    named = frozenset().union(*TRADES.circles)
    assert named | TRADES.not_under_18 <= set(occupations())
    assert set(occupations()) <= named  # nobody is left without a related trade


def test_related_goes_both_ways() -> None:
    assert TRADES.stands(["电焊工"], "钢筋工") is Trade.RELATED
    assert TRADES.stands(["钢筋工"], "电焊工") is Trade.RELATED
    assert TRADES.stands(["会计", "电焊工"], "电焊工") is Trade.SAME
    assert TRADES.stands(["会计"], "电焊工") is Trade.OTHER
    assert TRADES.stands(["没有的工种"], "电焊工") is Trade.OTHER
    assert TRADES.stands([], None) is Trade.UNSAID


@pytest.mark.parametrize(
    ("wanted", "county", "away", "place"),
    [
        (Wanted(("南和区",)), "南和区", None, Place.COUNTY),
        (Wanted(("南和区",), has_towns=True), "南和区", None, Place.REST_OF_COUNTY),
        (Wanted(("南和区",)), "平乡县", None, Place.NEIGHBOUR),
        (Wanted(("南和区",)), "清河县", None, Place.WRONG),
        (Wanted(("南和区",)), None, "北京", Place.WRONG),
        (Wanted(("南和区",), ("北京",)), None, "北京", Place.AWAY),
        (Wanted((), ("山东",)), None, "山东济南", Place.AWAY),
        (Wanted((), ("山东济南",)), None, "山东", Place.AWAY),
        (Wanted((), (ANYWHERE,)), None, "天津", Place.AWAY),
        (Wanted((), ("北京",)), None, None, Place.WRONG),
        (Wanted((), ("北京",)), "南和区", None, Place.WRONG),
        (Wanted(), "南和区", None, Place.SOMEWHERE),
        (Wanted(home="南和区"), "南和区", None, Place.HOME),
        (Wanted(home="南和区"), "平乡县", None, Place.NEAR_HOME),
        (Wanted(home="南和区"), None, "北京", Place.FAR),
        (Wanted(("没有的县",)), "南和区", None, Place.WRONG),
    ],
)
def test_how_a_place_stands(
    wanted: Wanted, county: str | None, away: str | None, place: Place
) -> None:
    assert LAND.stands(wanted, county, away) is place


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (None, Hours.NONE),
        ("", Hours.NONE),
        ("面议", Hours.NONE),
        ("晚上", Hours.NIGHT),
        ("白天", Hours.DAY),
        ("不上夜班", Hours.DAY),
        ("不要夜班", Hours.DAY),
        ("无夜班", Hours.DAY),
        ("长白班", Hours.DAY),
        ("两班倒", Hours.DAY | Hours.NIGHT),
        ("8:00-17:30", Hours.DAY),
        ("8：00—18：00", Hours.DAY),
        ("20:00-次日6:00", Hours.NIGHT),
        ("8:00-5:30", Hours.DAY),
        ("22:00-6:00", Hours.NIGHT),
        ("夜班22:00-6:00", Hours.NIGHT),
        ("14:00-23:00", Hours.DAY | Hours.NIGHT),
    ],
)
def test_hours_are_read_as_far_as_day_and_night(said: str | None, hours: Hours) -> None:
    assert read_hours(said) == hours


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"neighbours\.yaml"):
        Land.load(tmp_path)
