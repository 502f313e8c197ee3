"""Seekers: the list, one person with all that hangs on them, and what staff do for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_hex

from bot.console.directory import Directory
from bot.console.pages.home import Waiting
from bot.console.pages.openings import choices
from bot.console.visit import EVERYBODY, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.console.work_filters import kept, one_of, page_number, page_of, people_in, said, today
from bot.jobs.cards import CardBook
from bot.jobs.telling import Telling
from bot.masking import masked
from bot.records.applicants import Applicants
from bot.records.bookmarks import Bookmarks
from bot.records.followups import FollowUps, StillThere
from bot.records.histories import Histories
from bot.records.lists import Filter, Lists
from bot.records.outlines import Outline, Outlines
from bot.records.roll import Roll
from bot.records.seekers import Seekers, State
from bot.records.services import Services
from dialogs.offers import WHY

SEEKERS = "/console/seekers"
REPLIES = ("shared", "alone")  # interested: the employer may know who it is, or may not
SERVICES = ("noted", "training")  # what staff may enter into a card: kinds of card.yaml
_A_PAGE = 50
_LONGEST = 300  # characters of an entry


@dataclass(frozen=True, slots=True)
class SeekerShelf:
    """Every store that the pages of seekers read and write."""

    seekers: Seekers
    lists: Lists
    outlines: Outlines
    services: Services
    follow_ups: FollowUps
    applicants: Applicants
    histories: Histories
    roll: Roll
    bookmarks: Bookmarks
    telling: Telling


class SeekerPages:
    """The people of the ledger."""

    def __init__(
        self, shelf: SeekerShelf, directory: Callable[[], Directory], cards: CardBook
    ) -> None:
        self._shelf = shelf
        self._directory = directory
        self._cards = cards

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents; those of files stand before it."""
        one = f"{SEEKERS}/{{number}}"

        def change(what: str, handler: Callable[[Visit], Awaitable[Answer]]) -> Route:
            return Route("POST", f"{one}/{what}", handler, EVERYBODY, act=f"seeker_{what}")

        return (
            Route("GET", SEEKERS, self.show_all, EVERYBODY, title="work.nav_seekers"),
            Route("GET", one, self.show, EVERYBODY, act="seeker_read"),
            change("reveal", self.reveal),
            change("assign", self.assign),
            change("note", self.note),
            change("answer", self.answer),
            Route("GET", f"{one}/card", self.card, EVERYBODY, act="seeker_card"),
            change("card", self.reveal_card),
        )

    def waiting(self) -> tuple[Waiting, ...]:
        """How many have too few openings, and how many are to be asked, for the first page."""

        async def short(visit: Visit) -> int:
            return await self._shelf.lists.count(Filter(is_short=True), visit.scope)

        async def due(visit: Visit) -> int:
            return await self._shelf.lists.count(Filter(due_by=today(visit)), visit.scope)

        return (
            Waiting("work.home_short", f"{SEEKERS}?short=yes", EVERYBODY, short),
            Waiting("work.home_due", f"{SEEKERS}?due=yes", EVERYBODY, due),
        )

    async def show_all(self, visit: Visit) -> Answer:
        """The list; names and numbers masked."""
        directory, query = self._directory(), visit.query
        which = people_in(visit, directory)
        leaf = await self._shelf.lists.page(which, visit.scope, page_number(query), _A_PAGE)
        facts = {
            "leaf": leaf,
            "query": query,
            "kept": kept(query),
            "previous": page_of(query, leaf.number - 1) if leaf.number > 1 else "",
            "next": page_of(query, leaf.number + 1) if leaf.has_next else "",
            "bookmarks": await self._shelf.bookmarks.of(visit.member.number, SEEKERS),
            **seeker_choices(directory, visit),
        }
        return Page("seekers.html.j2", facts)

    async def show(self, visit: Visit) -> Answer:
        """One person."""
        return await self._page(visit, await seeker_outline(self._shelf, visit), revealed=False)

    async def reveal(self, visit: Visit) -> Answer:
        """The same with name and telephone; why is in the audit."""
        outline = await seeker_outline(self._shelf, visit)
        keep_reason(visit)
        return await self._page(visit, outline, revealed=True)

    async def assign(self, visit: Visit) -> Answer:
        """Put a station and an officer in charge."""
        number = (await seeker_outline(self._shelf, visit)).seeker.number
        station, officer = said(visit.form, "station"), said(visit.form, "officer")
        key = f"assign:{token_hex(8)}"
        await self._shelf.seekers.assign(number, station, officer, key, visit.member.login)
        return _back(number)

    async def note(self, visit: Visit) -> Answer:
        """Enter into the card what was done; the seeker reads it, so it holds no numbers."""
        number = (await seeker_outline(self._shelf, visit)).seeker.number
        kind, text = visit.form.get("kind", ""), visit.form.get("text", "").strip()[:_LONGEST]
        if kind not in SERVICES or not text:
            raise Refused("work.note_needs_text")
        facts = {"title" if kind == "training" else "text": masked(text)}
        key = f"note:{number}:{visit.key()}"
        await self._shelf.services.add(number, kind, facts, key, visit.member.login)
        return _back(number)

    async def answer(self, visit: Visit) -> Answer:
        """Keep what somebody said of their work."""
        outline = await seeker_outline(self._shelf, visit)
        told = one_of(StillThere, visit.form.get("answer"))
        asked = [it for it in outline.follow_ups if str(it.number) == visit.form.get("follow_up")]
        if told is None or not asked or asked[0].answer is not None:
            raise Refused("work.answer_which")
        key = f"answer:{asked[0].number}:{told}"
        await self._shelf.follow_ups.answer_for(asked[0].number, told, key, visit.member.login)
        return _back(outline.seeker.number)

    async def card(self, visit: Visit) -> Answer:
        """The service card to be printed, masked."""
        return self._card(await seeker_outline(self._shelf, visit), revealed=False)

    async def reveal_card(self, visit: Visit) -> Answer:
        """The card with name and telephone; why is in the audit."""
        outline = await seeker_outline(self._shelf, visit)
        keep_reason(visit)
        return self._card(outline, revealed=True)

    async def _page(self, visit: Visit, outline: Outline, *, revealed: bool) -> Page:
        number, directory = outline.seeker.number, self._directory()
        facts = {
            "outline": outline,
            "seeker": outline.seeker,
            "card": self._cards.card(outline),
            "category": directory.categories.get(outline.seeker.category or ""),
            "offers": await self._shelf.histories.of_seeker(number),
            "applicants": await self._shelf.applicants.by_seeker(number),
            "due": [it for it in outline.follow_ups if it.answer is None],
            "answers": list(StillThere),
            "fitting": await self._shelf.telling.fitting(outline.seeker.urn),
            "pay": directory.books.pay,
            "replies": REPLIES,
            "reasons": WHY,
            "services": SERVICES,
            "key": token_hex(8),
            "today": today(visit),
            "revealed": revealed,
        }
        return Page("seeker.html.j2", facts)

    def _card(self, outline: Outline, *, revealed: bool) -> Page:
        facts = {"seeker": outline.seeker, "card": self._cards.card(outline), "revealed": revealed}
        return Page("seeker_card.html.j2", facts)


async def seeker_outline(shelf: SeekerShelf, visit: Visit) -> Outline:
    """The person that an address names, as far as they are the visiting member's business. Raises
    NotThere."""
    outline = await shelf.outlines.get(visit.number())
    if outline is None or not visit.scope.covers(outline.seeker.county, outline.seeker.town):
        raise NotThere
    return outline


def seeker_choices(directory: Directory, visit: Visit) -> dict[str, object]:
    """What the filters of people offer to choose from."""
    return {
        **choices(directory, visit),
        "categories": directory.categories,
        "states": list(State),
    }


def keep_reason(visit: Visit) -> None:
    """Put into the audit why somebody wants to see names and numbers. Raises Refused."""
    reason = visit.form.get("reason", "").strip()
    if not reason:
        raise Refused("console.reveal_needs_reason")
    visit.detail.update(reason=masked(reason[:200]))


def _back(number: int) -> Redirect:
    return Redirect(f"{SEEKERS}/{number}", "saved")
