"""Matching gives each seeker what fits best, breaks no hard wish, and says what it let go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.crowd import Crowd, Seeking
from bot.jobs.hours import Hours, read_hours
from bot.jobs.matching import WANTED, plan
from bot.jobs.reasons import explained, place_of
from bot.jobs.rules import (
    LetGo,
    by_board,
    by_hours,
    by_pay,
    by_place,
    by_trade,
    by_youth,
    monthly,
    youth,
)
from bot.jobs.stock import Stock, highest, is_for_adults
from bot.jobs.tables import EXACT, let_go, points
from bot.jobs.takers import Takers
from dialogs.work import ANYWHERE, Match, Opening, PayUnit, Wish, WorkType

from .made import DAY, LAND, TRADES, Maker

TRADE_COUNTY_PAY = ("trade", "county", "pay")
Weighed = tuple[int, int, int]  # what is let go, points (negative), number (negative)


def weighed(seeking: Seeking, opening: Opening) -> Weighed | None:
    """The rules put together in the plainest way, one pair at a time."""
    wish = seeking.wish
    young = youth(seeking.age if wish.age is None else wish.age)
    parts = (
        by_trade(
            TRADES.stands(wish.occupations, opening.occupation),
            wish.work_type, opening.work_type, seeking.is_eligible,
        ),
        by_place(place_of(seeking, opening, LAND)),
        by_pay(monthly(wish.pay_min, wish.pay_unit), highest(opening)),
        by_board(wish.housing, wish.meals, opening.housing, opening.meals),
        by_hours(read_hours(wish.hours), read_hours(opening.hours)),
        by_youth(young, is_for_adults(opening, TRADES)),
    )  # fmt: skip
    if None in parts:
        return None
    known = [part for part in parts if part is not None]
    gone = LetGo(0)
    for part in known:
        gone |= part.let_go
    return int(gone), -sum(part.points for part in known), -opening.number


def best(seeking: Seeking, openings: list[Opening]) -> list[Weighed]:
    return sorted(it for opening in openings if (it := weighed(seeking, opening)))


def matches(seeking: Seeking, *openings: Opening) -> list[Match]:
    stock = Stock(openings, TRADES)
    made = plan(Crowd([seeking]), stock, LAND)
    return [
        explained(seeking, stock.openings[column], weight, TRADES, LAND)
        for column, weight in zip(made.openings[0], made.weights[0].tolist(), strict=True)
        if column >= 0
    ]


def opening(number: int = 1, **said: object) -> Opening:
    known = {"occupation": "电焊工", "county": "南和区", "pay_min": 5000, "pay_unit": PayUnit.MONTH}
    return replace(Opening(number, "岗位", "示例公司", DAY, f"d{number}"), **{**known, **said})  # type: ignore[arg-type]


WELDER = Wish(occupations=("电焊工",), counties=("南和区",), pay_min=5000, pay_unit=PayUnit.MONTH)


FAR_WELDER = replace(WELDER, counties=(), away=("山东",))


@pytest.mark.parametrize(("trades", "counties"), [(1000, 1000), (4, 3)])
@given(seed=st.integers(0, 10**6), seekers=st.integers(0, 30), many=st.integers(0, 60))
def test_everybody_gets_the_best_three_of_the_plain_rules(
    trades: int, counties: int, seed: int, seekers: int, many: int
) -> None:
    maker = Maker(seed, trades, counties)
    crowd = [maker.seeking() for _ in range(seekers)]
    openings = [maker.opening(number) for number in range(1, many + 1)]
    seen = {row: [(n, f"d{n}") for n in range(1, many, row + 2)] for row in range(0, seekers, 2)}
    stock = Stock(openings, TRADES)
    made = plan(Crowd(crowd), stock, LAND, seen)
    for row, seeking in enumerate(crowd):
        known = {number for number, _ in seen.get(row, [])}
        unseen = [it for it in openings if it.number not in known]
        wanted = best(seeking, unseen)[:WANTED]
        got = [
            (int(let_go(weight)), -points(weight), -stock.openings[column].number)
            for column, weight in zip(made.openings[row], made.weights[row].tolist(), strict=True)
            if column >= 0
        ]
        assert got == wanted
        assert min(made.found[row], WANTED) == min(len(best(seeking, openings)), WANTED)


@given(seed=st.integers(0, 10**6))
def test_no_hard_wish_is_broken(seed: int) -> None:
    maker = Maker(seed, 6, 4)
    crowd = [maker.seeking() for _ in range(20)]
    openings = [maker.opening(number) for number in range(1, 80)]
    for seeking in crowd:
        wish = seeking.wish
        age = wish.age if wish.age is not None else 99
        assert age >= 16 or not matches(seeking, *openings)
        for match in matches(seeking, *openings):
            it = match.opening
            assert it.housing or not wish.housing
            assert it.meals is not False or not wish.meals
            assert wish.work_type in (None, it.work_type) or match.widened[-1] in (
                "at_home",
                "welfare",
            )
            if it.county is None and (wish.counties or wish.away):
                assert ANYWHERE in wish.away or any(place in str(it.away) for place in wish.away)
            if it.county is not None and (wish.counties or wish.away):
                assert it.county in wish.counties or "neighbour" in match.widened
                near = {other for county in wish.counties for other in LAND.neighbours[county]}
                assert it.county in {*wish.counties, *near}
            if wish.pay_min and highest(it):
                assert highest(it) * 5 >= monthly(wish.pay_min, wish.pay_unit) * 4
            if it.work_type is WorkType.WELFARE:
                is_asked = wish.work_type is WorkType.WELFARE or it.occupation in wish.occupations
                assert is_asked or seeking.is_eligible
            if age < 18:
                assert it.occupation not in TRADES.not_under_18
                assert Hours.NIGHT not in read_hours(it.hours)


@given(seed=st.integers(0, 10**6))
def test_whatever_is_let_go_is_said_and_nothing_else(seed: int) -> None:
    maker = Maker(seed, 6, 4)
    openings = [maker.opening(number) for number in range(1, 60)]
    for seeking in (maker.seeking() for _ in range(20)):
        wish = seeking.wish
        for match in matches(seeking, *openings):
            it, let = match.opening, set(match.widened)
            is_same = not wish.occupations or it.occupation in wish.occupations
            assert (
                is_same == (not let & {"related", "at_home", "welfare"})
                or (is_same and wish.work_type not in (None, it.work_type))
                or it.work_type is WorkType.WELFARE
            )
            is_there = it.county is None or not wish.counties or it.county in wish.counties
            assert is_there == ("neighbour" not in let)
            wanted = monthly(wish.pay_min, wish.pay_unit)
            is_paid = not wanted or not highest(it) or highest(it) >= wanted
            assert is_paid == ("less_pay" not in let)
            assert match.reasons


def test_what_fits_exactly_comes_before_whatever_is_widened() -> None:
    exact = opening(1)
    near = opening(2, county="任泽区", pay_min=9000, housing=True, meals=True)
    found = matches(Seeking(WELDER), near, exact)
    assert [(it.opening.number, it.widened) for it in found] == [(1, ()), (2, ("neighbour",))]


def test_it_is_widened_step_by_step() -> None:
    openings = [
        opening(1, work_type=WorkType.WELFARE, occupation="护路员"),
        opening(2, work_type=WorkType.AT_HOME, occupation="手工编织"),
        opening(3, pay_min=4000),
        opening(4, county="平乡县"),
        opening(5, occupation="钢筋工"),
        opening(6),
    ]
    found = []
    for first in (0, 3):
        found += matches(Seeking(WELDER, is_eligible=True), *openings[::-1][first : first + 3])
    assert [it.widened for it in found] == [
        (), ("related",), ("neighbour",), ("less_pay",), ("at_home",), ("welfare",),
    ]  # fmt: skip


def test_welfare_posts_are_for_those_eligible_or_who_ask_for_them() -> None:
    post = opening(1, work_type=WorkType.WELFARE, occupation="护路员")
    assert matches(Seeking(WELDER), post) == []
    assert [it.widened for it in matches(Seeking(WELDER, is_eligible=True), post)] == [("welfare",)]
    asked = replace(WELDER, work_type=WorkType.WELFARE, occupations=())
    assert [it.widened for it in matches(Seeking(asked), post)] == [()]
    assert "to_be_recognised" in matches(Seeking(asked), post)[0].reasons


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (WELDER, {"pay_min": 3999}),
        (WELDER, {"county": "清河县"}),
        (WELDER, {"county": None, "away": "北京"}),
        (WELDER, {"occupation": "会计"}),
        (WELDER, {"occupation": None}),
        (replace(WELDER, housing=True), {"housing": None}),
        (replace(WELDER, meals=True), {"meals": False}),
        (replace(WELDER, work_type=WorkType.PART_TIME), {}),
        (replace(WELDER, age=15), {}),
        (replace(WELDER, age=17), {}),
        (replace(WELDER, counties=(), away=("天津",)), {}),
    ],
)
def test_what_does_not_fit_is_not_offered(wish: Wish, said: dict[str, object]) -> None:
    assert matches(Seeking(wish), opening(1, **said)) == []


@pytest.mark.parametrize(
    ("wish", "said", "reasons"),
    [
        (WELDER, {}, TRADE_COUNTY_PAY),
        (replace(WELDER, towns=("和阳镇",)), {"town": "和阳镇"}, ("trade", "town", "pay")),
        (WELDER, {"pay_max": 260, "pay_min": 200, "pay_unit": PayUnit.DAY}, TRADE_COUNTY_PAY),
        (replace(WELDER, housing=True), {"housing": True}, ("trade", "county", "pay", "housing")),
        (FAR_WELDER, {"county": None, "away": "山东济南"}, ("trade", "away", "pay")),
        (Wish(), {}, ("home",)),
        (Wish(), {"county": "清河县"}, ("no_demands",)),
        (Wish(hours="晚上"), {"hours": "夜班"}, ("home", "hours")),
    ],
)
def test_each_says_why_it_fits(
    wish: Wish, said: dict[str, object], reasons: tuple[str, ...]
) -> None:
    [match] = matches(Seeking(wish, county="南和区"), opening(1, **said))
    assert match.reasons == reasons
    assert match.widened == ()


@pytest.mark.parametrize("age", [None, 18, 40, 58, 70])
def test_a_grown_up_age_counts_for_nothing(age: int | None) -> None:
    openings = [Maker(7, 6, 4).opening(number) for number in range(1, 50)]
    said = [
        (it.opening.number, it.score)
        for it in matches(Seeking(replace(WELDER, age=age)), *openings)
    ]
    assert said == [(it.opening.number, it.score) for it in matches(Seeking(WELDER), *openings)]


def test_of_equals_the_newest_comes_first() -> None:
    assert [it.opening.number for it in matches(Seeking(WELDER), *map(opening, range(1, 9)))] == [
        8,
        7,
        6,
    ]


def test_what_was_seen_comes_again_only_when_it_has_changed() -> None:
    first, changed = opening(1), replace(opening(1), digest="new")
    crowd, seen = Crowd([Seeking(WELDER)]), {0: [(1, "d1")]}
    hidden = plan(crowd, Stock([first], TRADES), LAND, seen)
    assert hidden.openings[0].tolist() == [-1, -1, -1]
    assert hidden.found[0] == 1
    assert plan(crowd, Stock([changed], TRADES), LAND, seen).openings[0].tolist() == [0, -1, -1]


@pytest.mark.parametrize(("trades", "counties"), [(1000, 1000), (4, 3)])
@given(seed=st.integers(0, 10**6), seekers=st.integers(0, 40), many=st.integers(0, 4))
def test_a_new_opening_is_news_to_whom_it_fits_exactly_and_to_nobody_else(
    trades: int, counties: int, seed: int, seekers: int, many: int
) -> None:
    maker = Maker(seed, trades, counties)
    crowd = [maker.seeking() for _ in range(seekers)]
    new = [maker.opening(number) for number in range(1, many + 1)]
    wanted = [
        row
        for row, seeking in enumerate(crowd)
        if any(it[0] == 0 for opening in new if (it := weighed(seeking, opening)))
    ]
    assert Takers(Crowd(crowd), LAND).of(Stock(new, TRADES)).tolist() == wanted


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (WELDER, {}),
        (replace(WELDER, occupations=("瓦工", "电焊工"), counties=("清河县", "南和区")), {}),
        (replace(WELDER, away=("北京",)), {}),
        (replace(WELDER, away=("北京", "北京大兴")), {"county": None, "away": "北京大兴"}),
        (replace(WELDER, counties=(), away=(ANYWHERE,)), {"county": None, "away": "广州"}),
        (replace(WELDER, counties=()), {"county": None, "away": "广州"}),
        (replace(WELDER, towns=("和阳镇",)), {"town": "贾宋镇"}),
        (Wish(), {"occupation": None, "county": None}),
    ],
)
def test_whoever_an_opening_fits_exactly_hears_of_it_once(
    wish: Wish, said: dict[str, object]
) -> None:
    crowd = Crowd([Seeking(WELDER, age=15), Seeking(wish), Seeking(Wish(("会计",)))])
    assert Takers(crowd, LAND).of(Stock([opening(1, **said)], TRADES)).tolist().count(1) == 1


def test_nobody_and_nothing_are_no_trouble() -> None:
    assert plan(Crowd([]), Stock([opening()], TRADES), LAND).openings.shape == (0, 3)
    assert plan(Crowd([Seeking(WELDER)]), Stock([], TRADES), LAND).found.tolist() == [0]
    assert Takers(Crowd([]), LAND).of(Stock([opening()], TRADES)).tolist() == []
    assert Takers(Crowd([Seeking(WELDER)]), LAND).of(Stock([], TRADES)).tolist() == []


def test_a_weight_can_be_read_back() -> None:
    for gone in range(32):
        for given_points in (0, 1, 1000):
            weight = EXACT + given_points - 1024 * gone
            assert (int(let_go(weight)), points(weight)) == (gone, given_points)
