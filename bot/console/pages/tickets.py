"""The desk: questions that wait for a person, and the talk with whoever asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from secrets import token_hex

from bot.console.counter import LONGEST, Counter
from bot.console.pages.home import Waiting
from bot.console.visit import EVERYBODY, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.masking import masked, masked_phone
from bot.records.conversations import Conversations, Spoken
from bot.records.staff import Member, Staff
from bot.records.tickets import AlreadyTaken, Outcome, State, Ticket, Tickets

TICKETS = "/console/tickets"
_A_PAGE = 100
_TALK = 60  # messages shown of the talk

Suggest = Callable[[str], Awaitable[str]]
Canned = Callable[[Mapping[str, object]], Mapping[str, str]]


class TicketPages:
    """What waits for a person."""

    def __init__(
        self,
        tickets: Tickets,
        talks: Conversations,
        staff: Staff,
        counter: Counter,
        suggest: Suggest,
        canned: Canned,
        titles: Callable[[], Mapping[str, str]],
    ) -> None:
        """`suggest`: what the bot would answer; `canned`: ready answers by their titles, with the
        visitor's and the member's facts in them; `titles`: of the policies, by their ids."""
        self._tickets = tickets
        self._talks = talks
        self._staff = staff
        self._counter = counter
        self._suggest = suggest
        self._canned = canned
        self._titles = titles

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{TICKETS}/{{number}}"

        def change(what: str, handler: Callable[[Visit], Awaitable[Answer]]) -> Route:
            return Route("POST", f"{one}/{what}", handler, EVERYBODY, act=f"ticket_{what}")

        return (
            Route("GET", TICKETS, self.show_all, EVERYBODY, title="nav_tickets"),
            Route("GET", one, self.show, EVERYBODY, act="ticket_read"),
            Route("GET", f"{one}/talk", self.show_talk, EVERYBODY),
            change("take", self.take),
            change("say", self.say),
            change("note", self.note),
            change("transfer", self.transfer),
            change("snooze", self.snooze),
            change("close", self.close),
            change("reveal", self.reveal),
        )

    def waiting(self) -> Waiting:
        """How many wait, for the first page."""

        async def count(visit: Visit) -> int:
            return await self._tickets.waiting(visit.scope)

        return Waiting("home_tickets", TICKETS, EVERYBODY, count)

    async def show_all(self, visit: Visit) -> Answer:
        """The queue, one's own, and what was put off or closed."""
        which = visit.query.get("which", "open")
        store, scope = self._tickets, visit.scope
        match which:
            case "mine":
                found = await store.of_staff(visit.member.login, _A_PAGE, scope)
            case "later":
                found = await store.put_off(_A_PAGE, scope)
            case "closed":
                found = await store.closed(_A_PAGE, scope)
            case _:
                which, found = "open", await store.open_ones(_A_PAGE, scope)
        rows = [(it, masked(it.topic)) for it in found]
        return Page("tickets.html.j2", {"which": which, "rows": rows})

    async def show(self, visit: Visit) -> Answer:
        """One ticket with the talk beside it."""
        return await self._page(visit, await self._ticket(visit), revealed=False)

    async def reveal(self, visit: Visit) -> Answer:
        """The same with telephone numbers readable; why is in the audit."""
        reason = visit.form.get("reason", "").strip()
        if not reason:
            raise Refused("console.reveal_needs_reason")
        ticket = await self._ticket(visit)
        visit.detail.update(reason=reason[:200])
        return await self._page(visit, ticket, revealed=True)

    async def show_talk(self, visit: Visit) -> Answer:
        """The talk alone, as the page beside the ticket renews it."""
        ticket = await self._ticket(visit)
        said = await self._talks.latest(ticket.visitor, _TALK)
        talk = [(it, masked(it.text)) for it in said]
        return Page("ticket_talk.html.j2", {"ticket": ticket, "talk": talk})

    async def take(self, visit: Visit) -> Answer:
        """Take it and join the talk."""
        ticket = await self._ticket(visit)
        try:
            await self._tickets.take(ticket.number, visit.member.login)
        except AlreadyTaken:
            raise Refused("console.ticket_taken") from None
        await self._counter.join(ticket.visitor, visit.member.name)
        return self._back(ticket, "ticket_taken")

    async def say(self, visit: Visit) -> Answer:
        """Say something to the visitor."""
        ticket = await self._mine(visit)
        text, key = visit.form.get("text", "").strip(), visit.form.get("key", "")
        if not text or len(text) > LONGEST or not key.isalnum():
            raise Refused("console.say_needs_text", longest=LONGEST)
        member = visit.member
        await self._counter.say(
            ticket.visitor, member.name, member.login, text, f"{ticket.number}:{key[:40]}"
        )
        return self._back(ticket)

    async def note(self, visit: Visit) -> Answer:
        """Write something down that the visitor does not see."""
        ticket = await self._ticket(visit)
        text = visit.form.get("text", "").strip()[:LONGEST]
        if text:
            await self._tickets.note(ticket.number, visit.member.login, text)
        return self._back(ticket, "saved")

    async def transfer(self, visit: Visit) -> Answer:
        """Hand it to somebody else, who joins when they take their first word."""
        ticket = await self._mine(visit)
        to = visit.form.get("to", "")
        if to not in {it.login for it in await self._others(visit, ticket)}:
            raise Refused("console.transfer_whom")
        await self._own(self._tickets.transfer(ticket.number, visit.member.login, to))
        visit.detail.update(to=to)
        return self._back(ticket, "saved")

    async def snooze(self, visit: Visit) -> Answer:
        """Put it off for some hours; it comes back to the desk then."""
        ticket, hours = await self._mine(visit), visit.form.get("hours", "")
        if not hours.isdecimal() or not 1 <= int(hours) <= 24 * 14:
            raise Refused("console.snooze_how_long")
        until = visit.now + timedelta(hours=int(hours))
        await self._own(self._tickets.put_back(ticket.number, visit.member.login, until))
        await self._counter.leave(ticket.visitor, visit.member.name)
        return Redirect(TICKETS, "saved")

    async def close(self, visit: Visit) -> Answer:
        """It is done; the bot answers again."""
        ticket = await self._mine(visit)
        try:
            outcome = Outcome(visit.form.get("outcome", ""))
        except ValueError:
            raise Refused("console.close_how") from None
        await self._own(self._tickets.close(ticket.number, visit.member.login, outcome))
        await self._counter.leave(ticket.visitor, visit.member.name)
        visit.detail.update(outcome=outcome.value)
        return Redirect(TICKETS, "ticket_closed")

    async def _page(self, visit: Visit, ticket: Ticket, *, revealed: bool) -> Page:
        show = _as_it_is if revealed else masked
        mine = ticket.state is State.TAKEN and ticket.staff == visit.member.login
        said = await self._talks.latest(ticket.visitor, _TALK)
        canned = self._canned(_told(visit, ticket)) if mine else {}
        draft = canned.get(visit.query.get("canned", ""), "")
        facts = {
            "ticket": ticket,
            "topic": show(ticket.topic),
            "contact": ticket.contact if revealed else masked_phone(ticket.contact),
            "notes": await self._tickets.notes(ticket.number),
            "is_mine": mine,
            "policies": self._titles(),
            "draft": draft,
            "suggestion": await self._suggest(_asked(ticket, said)) if mine and not draft else "",
            "canned": canned,
            "others": await self._others(visit, ticket) if mine else [],
            "outcomes": list(Outcome),
            "key": token_hex(8),
            "revealed": revealed,
        }
        return Page("ticket.html.j2", {**facts, "talk": [(it, show(it.text)) for it in said]})

    async def _others(self, visit: Visit, ticket: Ticket) -> list[Member]:
        """Who else works here and may see it."""
        return [
            it
            for it in await self._staff.all()
            if it.is_active
            and it.login != visit.member.login
            and it.scope.covers(ticket.county, ticket.town)
        ]

    async def _ticket(self, visit: Visit) -> Ticket:
        ticket = await self._tickets.get(visit.number(), visit.scope)
        if ticket is None:
            raise NotThere
        return ticket

    async def _mine(self, visit: Visit) -> Ticket:
        ticket = await self._ticket(visit)
        if ticket.state is not State.TAKEN or ticket.staff != visit.member.login:
            raise Refused("console.ticket_not_yours")
        return ticket

    async def _own(self, change: Awaitable[None]) -> None:
        try:
            await change
        except AlreadyTaken:
            raise Refused("console.ticket_not_yours") from None

    def _back(self, ticket: Ticket, notice: str = "") -> Redirect:
        return Redirect(f"{TICKETS}/{ticket.number}", notice)


def _asked(ticket: Ticket, said: Sequence[Spoken]) -> str:
    """What the visitor asked last since a person was asked for; at first, the ticket's topic."""
    heard = [it.text for it in said if it.kind == "words" and it.at > ticket.opened_at]
    return heard[-1] if heard else ticket.topic


def _told(visit: Visit, ticket: Ticket) -> dict[str, object]:
    """The facts that a ready answer may have in it."""
    return {"name": visit.member.name, "number": ticket.number, "county": ticket.county}


def _as_it_is(text: str) -> str:
    return text
