"""Openings read to a person at the desk or on the phone: that they were told, and what was said."""

from __future__ import annotations

from bot.console.pages.seekers import REPLIES, SEEKERS, SeekerShelf, seeker_outline
from bot.console.visit import EVERYBODY, Answer, Redirect, Refused, Route, Visit
from bot.jobs.telling import NotOffered
from dialogs.offers import WHY


class TellingPages:
    """What staff do with the openings that a seeker's page shows."""

    def __init__(self, shelf: SeekerShelf) -> None:
        self._shelf = shelf

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{SEEKERS}/{{number}}"
        return (
            Route("POST", f"{one}/told", self.told, EVERYBODY, act="seeker_told"),
            Route("POST", f"{one}/reply", self.reply, EVERYBODY, act="seeker_reply"),
        )

    async def told(self, visit: Visit) -> Answer:
        """The person has heard of the openings that the page showed."""
        seeker = (await seeker_outline(self._shelf, visit)).seeker
        shown = [_shown(it) for it in visit.form.getall("opening", [])]
        key = f"told:{seeker.number}:{visit.key()}"
        telling = self._shelf.telling
        if not await telling.tell(seeker.urn, shown, key, visit.member.login):
            raise Refused("work.told_changed")
        visit.detail.update(openings=[number for number, _ in shown])
        return _back(seeker.number)

    async def reply(self, visit: Visit) -> Answer:
        """What the person says to one of them."""
        seeker = (await seeker_outline(self._shelf, visit)).seeker
        said, opening = visit.form.get("answer", ""), _number(visit.form.get("opening", ""))
        telling = self._shelf.telling
        try:
            if said in REPLIES:
                key = f"desk:{seeker.number}:{opening}:{visit.key()}"
                await telling.interested(seeker.urn, opening, shares=said == REPLIES[0], key=key)
            elif said in WHY:
                await telling.unsuitable(seeker.urn, opening, WHY[said])
            else:
                raise Refused("work.reply_which")
        except NotOffered:
            raise Refused("work.reply_gone") from None
        return _back(seeker.number)


def _shown(text: str) -> tuple[int, str]:
    """An opening of the page: "12:digest"."""
    number, _, digest = text.partition(":")
    return _number(number), digest


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _back(number: int) -> Redirect:
    return Redirect(f"{SEEKERS}/{number}", "saved")
