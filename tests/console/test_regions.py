"""Role by route by region: whoever is responsible for one county finds nothing of another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest

from bot.console.site import ConsoleSite
from bot.console.visit import Route
from bot.jobs.exports import Book
from bot.records.database import Database
from bot.records.staff import Role

from .client import Clerk
from .conftest import Clock
from .work import one_of_each

Come = Callable[..., Awaitable[Clerk]]

HERE, ELSEWHERE = "清河县", "威县"
SECRET = "羊绒纺"  # what is said, wanted and offered there, and nowhere else
BOUND = (Role.STAFF, Role.SUPERVISOR)  # an admin has the whole region
# What belongs to a place, by the beginning of its address; each has the number 1 there.
OF_A_PLACE = ("tickets", "openings", "seekers", "applications", "talks", "campaigns")
# What belongs to none; it is guarded by the role alone, or by whose it is.
OF_NONE = ("account", "bookmarks", "changes", "plans", "staff")


@pytest.fixture
async def elsewhere(database: Database, clock: Clock) -> None:
    """One of each, of somebody who lives in the other county."""
    await one_of_each(database, clock, SECRET, ELSEWHERE)


def place_of(route: Route) -> str:
    """What the address of a route begins with."""
    return route.path.split("/")[2]


def test_everything_with_a_number_belongs_to_a_place_or_to_none(
    make_site: Callable[..., ConsoleSite],
) -> None:
    numbered = {place_of(it) for it in make_site().routes if "{number}" in it.path}
    assert numbered == {*OF_A_PLACE, *OF_NONE}


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.usefixtures("elsewhere")
async def test_nothing_of_another_county_is_there(
    make_site: Callable[..., ConsoleSite], clerk: Come, role: Role
) -> None:
    mine = [it for it in make_site().routes if role in it.roles]
    numbered = [it for it in mine if place_of(it) in OF_A_PLACE and "{number}" in it.path]
    stranger, whole = await clerk(role, HERE), await clerk(role)
    for route in numbered:
        path = route.path.replace("{number}", "1")
        if route.method == "GET":
            assert (await whole.opens(path)).status == 200, route
            assert (await stranger.opens(path)).status == 404, route
        else:
            seen = await stranger.sends(path, reason="x", key="a", text="x", step="interview")
            assert seen.status == 404, route


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.usefixtures("elsewhere")
async def test_no_list_count_or_export_tells_of_another_county(
    make_site: Callable[..., ConsoleSite], clerk: Come, role: Role
) -> None:
    mine = [it.path for it in make_site().routes if role in it.roles and it.method == "GET"]
    lists = [path.replace("{book}", book) for path in mine if "{number}" not in path
             for book in (tuple(Book) if "{book}" in path else ("",))]  # fmt: skip
    asked = quote(SECRET)
    searches = [f"/console/talks?q={asked}", f"/console/openings?words={asked}"]
    stranger, whole = await clerk(role, HERE), await clerk(role)
    told = set()
    for path in (*lists, *(it for it in searches if it.partition("?")[0] in mine)):
        shown = (await stranger.opens(path)).text.replace(f'value="{SECRET}"', "")
        assert SECRET not in shown, path
        if SECRET in (await whole.opens(path)).text.replace(f'value="{SECRET}"', ""):
            told.add(path.split("/")[2].partition("?")[0])
    everybodys = {"tickets", "openings", "seekers", "applications", "lists", "campaigns"}
    supervisors = set() if role is Role.STAFF else {"talks", "unanswered"}
    assert told == everybodys | supervisors
