"""The reception: takes what was said on a page, keeps it, and tells the page so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from bot.channels.webchat import frames
from bot.channels.webchat.limits import Buckets, Limits
from bot.channels.webchat.mailbox import Letter, Mailbox, Who
from bot.pipeline.inbox import Inbox
from bot.pipeline.messages import Event


class Refused(Exception):
    """What was said is not kept; `frame` tells the page why."""

    def __init__(self, frame: str) -> None:
        super().__init__(frame)
        self.frame = frame


class Reception:
    """Where every page's words come in."""

    def __init__(
        self,
        mailbox: Mailbox,
        inbox: Inbox,
        limits: Limits,
        words: Mapping[str, str],
        wall: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        """`wall`: seconds since the epoch; `clock`: seconds that never run backwards."""
        self._mailbox = mailbox
        self._inbox = inbox
        self._words = words
        self._wall = wall
        self._visitors = Buckets(limits.visitor, clock)
        self._addresses = Buckets(limits.address, clock)

    async def take(self, urn: str, address: str, said: frames.Said) -> bool:
        """Keep it, in the mailbox and in the inbox, in one round trip; False when it was kept
        before. Raises Refused, and StorageDown when only half of it may have happened: the page
        sends it again, and what was done is not done twice."""
        wait = self._visitors.take(urn) or self._addresses.take(address)
        if wait:
            raise Refused(frames.error(self._words["too_fast"], said.client, wait))
        event = Event(urn, said.heard, self._wall(), f"{urn}:{said.client}")
        shown = Letter(Who.ME, said.shown, client=said.client)
        _, is_new = await asyncio.gather(
            self._mailbox.put(urn, said.client, shown), self._inbox.accept(event)
        )
        return is_new

    def read(self, frame: str) -> frames.Hello | frames.Said:
        """What a page sent. Raises Refused."""
        try:
            return frames.read(frame)
        except frames.Unreadable as unreadable:
            words = self._words[unreadable.words]
            raise Refused(frames.error(words, unreadable.client)) from unreadable
