"""Lists with their filters, kept under a name of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.console.visit import EVERYBODY, Answer, NotThere, Redirect, Refused, Route, Visit
from bot.console.work_filters import cleaned, said
from bot.records.bookmarks import Bookmarks

BOOKMARKS = "/console/bookmarks"


class BookmarkPages:
    """Keeping them and forgetting them; they stand above the lists they lead to."""

    def __init__(self, bookmarks: Bookmarks, pages: Sequence[str]) -> None:
        """`pages`: the lists that have filters."""
        self._bookmarks = bookmarks
        self._pages = frozenset(pages)

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("POST", BOOKMARKS, self.keep, EVERYBODY, act="bookmark_kept"),
            Route(
                "POST", f"{BOOKMARKS}/{{number}}/drop", self.drop, EVERYBODY, act="bookmark_gone"
            ),
        )

    async def keep(self, visit: Visit) -> Answer:
        """Keep the list that the form names."""
        name, page = said(visit.form, "name"), visit.form.get("page", "")
        if name is None or page not in self._pages:
            raise Refused("work.bookmark_needs_name")
        query = cleaned(visit.form.get("query", ""))
        await self._bookmarks.keep(visit.member.number, name, page, query)
        return Redirect(f"{page}?{query}" if query else page, "saved")

    async def drop(self, visit: Visit) -> Answer:
        """Forget one of one's own."""
        page = await self._bookmarks.drop(visit.member.number, visit.number())
        if page is None:
            raise NotThere
        return Redirect(page, "saved")
