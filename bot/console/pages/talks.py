"""Conversations: the list with its filters and its search, and what it finds taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.console.filters import NARROWED, Filters
from bot.console.pages.home import Waiting
from bot.console.takeaway import FORMATS, Exported, take_away
from bot.console.visit import SUPERVISORS, Answer, Page, Refused, Route, Visit
from bot.masking import masked
from bot.records.bookmarks import Bookmarks
from bot.records.lookups import Place
from bot.records.pieces import parts_of
from bot.records.readings import Readings
from bot.records.searching import Hits, Search
from bot.records.talks import Counted, Talk, Talks

TALKS = "/console/talks"
_A_PAGE = 50
MOST_EXPORTED = 500  # conversations

Titles = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filters offer to choose from, by their values."""

    channels: Sequence[str]
    scripts: Callable[[], Sequence[str]]
    counties: Sequence[str]
    policies: Titles
    columns: Titles  # of an export


class TalkPages:
    """Finding what was said."""

    def __init__(
        self,
        talks: Talks,
        search: Search,
        readings: Readings,
        bookmarks: Bookmarks,
        offered: Offered,
    ) -> None:
        self._talks = talks
        self._search = search
        self._readings = readings
        self._bookmarks = bookmarks
        self._offered = offered

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("GET", TALKS, self.show_all, SUPERVISORS, title="review.nav_talks"),
            Route("POST", f"{TALKS}/export", self.export, SUPERVISORS, act="talks_export"),
        )

    def waiting(self) -> Waiting:
        """How many nobody has read, for the first page."""

        async def count(visit: Visit) -> Counted:
            return await self._talks.count(Filters({"unread": "1"}).sought, visit.scope)

        return Waiting("review.home_unread", f"{TALKS}?unread=1", SUPERVISORS, count)

    async def show_all(self, visit: Visit) -> Answer:
        """A page of the list; with words, of what was said."""
        filters = Filters.read(visit.query)
        if filters.words is not None:
            return await self._hits(visit, filters)
        sought = filters.sought
        before = Place.read(visit.query.get("before", ""))
        after = Place.read(visit.query.get("after", ""))
        if after is not None:
            found = await self._talks.newer(sought, visit.scope, _A_PAGE, after)
        else:
            found = await self._talks.older(sought, visit.scope, _A_PAGE, before)
        is_full = len(found) == _A_PAGE
        facts = await self._rows(found)
        pager = {
            "older": filters.address(before=found[-1].place)
            if found and (is_full or after)
            else "",
            "newer": filters.address(after=found[0].place) if found and (before or after) else "",
            "count": await self._talks.count(sought, visit.scope),
        }
        return Page("talks.html.j2", {**await self._around(visit, filters), **facts, **pager})

    async def export(self, visit: Visit) -> Answer:
        """What the filters find, as a file with numbers masked."""
        filters, kind = Filters.read(visit.form), visit.form.get("format", "")
        if kind not in FORMATS:
            raise Refused("review.export_how")
        if filters.words is not None:
            hits = await self._search.find(
                filters.words, filters.sought, visit.scope, MOST_EXPORTED
            )
            talks = list({it.talk.number: it.talk for it in hits.hits}.values())
        else:
            talks = await self._talks.older(filters.sought, visit.scope, MOST_EXPORTED)
        exported = [Exported(talk, await self._talks.lines(talk)) for talk in talks]
        visit.detail.update(filters=masked(filters.address()), format=kind, talks=len(talks))
        return await take_away(exported, kind, self._offered.columns(), visit.now)

    async def _hits(self, visit: Visit, filters: Filters) -> Answer:
        what = filters.words
        assert what is not None
        before = visit.query.get("before", "")
        start = int(before) if before.isdecimal() and len(before) < 18 else None
        found = await self._search.find(what, filters.sought, visit.scope, _A_PAGE, start)
        hits = [(it, list(_around_hit(it.said.text, what.phrases))) for it in found.hits]
        facts = {"hits": hits, "older": _older(filters, found), "newer": "", "talks": []}
        return Page("talks.html.j2", {**await self._around(visit, filters), **facts})

    async def _rows(self, talks: Sequence[Talk]) -> dict[str, object]:
        words = await self._talks.first_words(talks)
        tags = await self._talks.tags(talks)
        rows = [
            (it, masked(words.get(it.number, "")), [value for kind, value in tags[it.number]
                                                    if kind == "label"])
            for it in talks
        ]  # fmt: skip
        return {"talks": rows, "hits": None}

    async def _around(self, visit: Visit, filters: Filters) -> dict[str, object]:
        """What stands around the list."""
        return {
            "filters": filters.given,
            "query": filters.address(),
            "narrowed": NARROWED,
            "crowd": filters.sought.crowd,
            "channels": self._offered.channels,
            "scripts": self._offered.scripts(),
            "counties": sorted(visit.scope.counties) or self._offered.counties,
            "policies": self._offered.policies(),
            "labels": await self._readings.labels(),
            "bookmarks": await self._bookmarks.of(visit.member.number, TALKS),
            "formats": FORMATS,
            "most": MOST_EXPORTED,
        }


def _older(filters: Filters, found: Hits) -> str:
    return filters.address(before=found.before) if found.before is not None else ""


def _around_hit(text: str, phrases: Sequence[str]) -> list[tuple[str, bool]]:
    """The text around the first hit, masked."""
    parts = list(parts_of(masked(text), phrases))
    first = next((at for at, (_, is_hit) in enumerate(parts) if is_hit), 0)
    shown = parts[max(0, first - 1) : first + 6]
    if shown and not shown[0][1] and len(shown[0][0]) > 40:
        shown[0] = "…" + shown[0][0][-40:], False
    if shown and not shown[-1][1] and len(shown[-1][0]) > 80:
        shown[-1] = shown[-1][0][:80] + "…", False
    return shown
