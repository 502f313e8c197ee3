"""Service cards in words: what happened to a seeker and what is next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, tzinfo

import structlog

from bot.masking import masked_phone
from bot.records.outlines import Outline, Outlines
from bot.records.seekers import Seeker, State
from bot.records.services import Entry
from bot.records.wishes import WishState
from bot.words import Words, WordsError
from dialogs.mycard import Card

ENOUGH = 3  # openings for each who wants work
STABLE = 6  # months in work

log = structlog.get_logger()


class CardBook:
    """Everybody's card."""

    def __init__(
        self, outlines: Outlines, words: Callable[[], Words], zone: tzinfo | None = None
    ) -> None:
        """`zone`: where the days of the entries are counted; None: that of this machine."""
        self._outlines = outlines
        self._words = words
        self._zone = zone

    async def of(self, visitor: str) -> Card | None:
        """The visitor's card; None for who is not in the ledger."""
        outline = await self._outlines.of(visitor)
        return None if outline is None else self.card(outline)

    def card(self, outline: Outline) -> Card:
        """The card that tells of the outline."""
        seeker = outline.seeker
        wants = outline.wish_state is not WishState.WITHDRAWN and outline.wish is not None
        return Card(
            number=seeker.number,
            name=seeker.name,
            phone=masked_phone(seeker.phone),
            place=place_of(seeker),
            station=seeker.station,
            officer=seeker.officer,
            wish=self._words().say("card.wish", wish=outline.wish) if wants else None,
            done=tuple((self._day(entry.at), self._told(entry)) for entry in outline.entries),
            coming=tuple(self._coming(outline)),
        )

    def _told(self, entry: Entry) -> str:
        try:
            return self._words().say(f"card.{entry.kind}", **entry.facts)
        except WordsError as error:  # written by another version: the card is still worth having
            log.warning("card.without_words", kind=entry.kind, error=str(error))
            return self._words().say("card.other")

    def _coming(self, outline: Outline) -> Iterator[str]:
        words = self._words()
        for it in outline.pending:
            yield words.say("card.next_application", title=it.title, step=it.step.value)
        if outline.seeker.state is State.WORKING:
            yield self._after_work(outline)
        elif outline.wish is None:
            yield words.say("card.next_wish")
        elif outline.wish_state is WishState.ACTIVE:
            is_short = outline.found is not None and outline.found < ENOUGH
            yield words.say("card.next_short" if is_short else "card.next_offers")
        elif outline.wish_state is WishState.WITHDRAWN:
            yield words.say("card.next_withdrawn")
        else:
            yield words.say("card.next_work")

    def _after_work(self, outline: Outline) -> str:
        due = [it.due for it in outline.follow_ups if it.answer is None]
        if due:
            return self._words().say("card.next_follow_up", day=min(due))
        is_stable = any(it.months == STABLE for it in outline.follow_ups)
        return self._words().say("card.next_stable" if is_stable else "card.next_work")

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def place_of(seeker: Seeker) -> str | None:
    """Where somebody lives, in one word."""
    return "".join(it for it in (seeker.county, seeker.town, seeker.village) if it) or None
