"""News of applications: every step that staff take is told to the seeker, once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from bot.clock import ZONE
from bot.pipeline.messages import Lane, channel_of
from bot.records.applications import Application
from dialogs.applications import mine
from dialogs.talk import Option, Reply
from dialogs.work import Step

# What the seeker did themselves needs no telling.
TOLD = frozenset({Step.PASSED_ON, Step.INTERVIEW, Step.HIRED, Step.REFUSED, Step.FILLED})


class Voice(Protocol):
    """Says things unasked: bot.pipeline.outbox.Outbox."""

    async def say(
        self, urn: str, reply: Reply, key: str, lane: Lane = Lane.INTERACTIVE, once: bool = False
    ) -> bool:
        """Say it; False when `key` was said to this visitor before."""
        ...


class Applications(Protocol):
    """Who is interested in what, and what has moved."""

    async def moved(self, since: datetime) -> list[Application]:
        """What came to a new step at that time or later, in that order."""
        ...


class FollowUps(Protocol):
    """The questions to those in work."""

    async def begin(self, seeker: int, since: date, application: int | None) -> None:
        """Somebody is in work from that day on. Twice is as good as once."""
        ...


class News:
    """Tells what has moved since it last looked."""

    def __init__(
        self,
        applications: Applications,
        followups: FollowUps,
        voice: Voice,
        channels: Collection[str],
    ) -> None:
        self._applications = applications
        self._followups = followups
        self._voice = voice
        self._channels = channels

    async def tell(self, since: datetime) -> datetime:
        """Tell all that has moved at that time or later; the time of the last of it. What was told
        before is not told again."""
        moved = await self._applications.moved(since)
        for application in moved:
            await self._tell(application)
        return max((it.updated_at for it in moved), default=since)

    async def _tell(self, application: Application) -> None:
        if application.step is Step.HIRED:
            day = application.updated_at.astimezone(ZONE).date()
            await self._followups.begin(application.seeker, day, application.number)
        if application.step in TOLD and channel_of(application.urn) in self._channels:
            at = application.updated_at.isoformat()
            key = f"application:{application.number}:{application.step}:{at}"
            await self._voice.say(application.urn, told(application), key)


def told(application: Application) -> Reply:
    """What the seeker hears of the step."""
    facts = {
        "title": application.title,
        "employer": application.employer,
        "note": application.note,
    }
    options: tuple[Option, ...] = (
        mine(),
        Option.start("buttons.person", "handoff"),
    )
    if application.step in (Step.REFUSED, Step.FILLED):
        options = (Option.start("buttons.more_openings", "offers.more"), *options)
    return Reply(f"offers.news_{application.step}", facts, options)
