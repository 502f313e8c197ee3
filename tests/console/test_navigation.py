"""The main navigation: every page in its place, for whoever may use it, the current one marked."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from bot.console.navigation import GROUPS, navigation
from bot.console.site import ConsoleSite
from bot.records.database import Database
from bot.records.staff import Role
from bot.records.talks import COUNTED
from bot.records.transcripts import Transcripts
from tests.records.test_summaries import heard

from .client import Clerk

Come = Callable[..., Awaitable[Clerk]]


def test_every_page_with_a_title_stands_in_a_group(make_site: Callable[..., ConsoleSite]) -> None:
    titles = [it.title for it in make_site().routes if it.title]
    assert sorted(titles) == sorted(name for names in GROUPS.values() for name in names)


def test_a_group_of_which_nothing_is_left_is_left_out(
    make_site: Callable[..., ConsoleSite],
) -> None:
    groups = {role: navigation(make_site().routes, role) for role in Role}
    assert [it.title for it in groups[Role.ADMIN]] == list(GROUPS)
    assert [it.title for it in groups[Role.SUPERVISOR]] == list(GROUPS)[:-1]
    assert [it.title for it in groups[Role.STAFF]] == ["nav_desk", "nav_work", "nav_sending"]


async def test_the_page_that_is_shown_is_marked(clerk: Come) -> None:
    somebody = await clerk(Role.SUPERVISOR)
    for path, name in (("/console/", "首页"), ("/console/talks", "会话"),
                       ("/console/figures/report?month=2026-02", "统计")):  # fmt: skip
        page = (await somebody.opens(path)).text
        marked = re.findall(r'aria-current="page">([^<]+)</a>', page.partition("<main")[0])
        assert marked == [name, name], path  # at the side, and in the menu of a phone


async def test_home_tells_when_there_are_more(clerk: Come, database: Database) -> None:
    lines = [(f"1-{it}-0", heard(it, urn=f"web:{it}")) for it in range(COUNTED + 1)]
    await Transcripts(database.sessions).write(lines)
    somebody = await clerk(Role.SUPERVISOR)
    assert f"<b>{COUNTED}+</b>" in (await somebody.opens("/console/")).text
