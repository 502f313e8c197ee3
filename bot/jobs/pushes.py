"""The push: each seeker is told of openings when it is their turn, by day, not too often, and each
time once, whatever is killed.

A push is kept first, then said under a key of its own, then noted as said together with the end of
the turn. What a crash leaves between is found and said again under the same key, which the outbox
takes once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import ZONE
from bot.jobs.board import Board, Found, kept
from bot.jobs.calendar import WEEK, may_begin, may_hear_again, next_turn
from bot.jobs.matching import WANTED
from bot.jobs.news import News, Voice
from bot.pipeline.messages import Lane
from bot.records.applications import Applications
from bot.records.followups import FollowUps
from bot.records.offers import Draft, Offers, Push, PushState
from bot.records.pushes import Candidate, Pushes, Turn
from dialogs.followup import ask_after_work
from dialogs.offers import Offered, offers_reply
from dialogs.work import Match, Pace

AT_ONCE = 200  # seekers in one transaction
AT_MOST = 20  # such batches a round
REMEMBERED = timedelta(days=7)  # how far back a start looks for what was not told
TOO_OLD = timedelta(hours=12)  # a push that was planned so long ago is no news any more


class Arrivals(Protocol):
    """Tells whom new openings make due."""

    async def announce(self) -> None:
        """Look for new openings."""
        ...


@dataclass(frozen=True, slots=True)
class Books:
    """What the planner reads and writes."""

    offers: Offers
    pushes: Pushes
    applications: Applications
    followups: FollowUps


class Planner:
    """Pushes openings, news of applications and questions after work to whom a channel reaches."""

    def __init__(
        self,
        board: Board,
        books: Books,
        arrivals: Arrivals,
        news: News,
        voice: Voice,
        channels: Collection[str],
        most: int,
        clock: Callable[[], datetime],
    ) -> None:
        """`most`: pushes a week to one seeker."""
        self._board = board
        self._books = books
        self._arrivals = arrivals
        self._news = news
        self._voice = voice
        self._channels = channels
        self._most = most
        self._clock = clock
        self._told = clock() - REMEMBERED

    async def round(self) -> None:
        """Everything that is due now."""
        books = self._books
        await books.applications.end_filled()
        await books.offers.end_filled()
        if not may_begin(self._clock()):
            return
        self._told = await self._news.tell(self._told - timedelta(minutes=1))
        await self._ask_after_work()
        await self._finish()
        await self._arrivals.announce()
        for _ in range(AT_MOST):
            waiting = await books.pushes.due(self._channels, AT_ONCE)
            if not waiting or not may_begin(self._clock()):
                return
            await self._serve(waiting)

    async def _ask_after_work(self) -> None:
        followups = self._books.followups
        for it in await followups.due():
            if it.urn.partition(":")[0] in self._channels:
                question = ask_after_work(it.number, it.months)
                await self._voice.say(it.urn, question, f"followup:{it.number}", Lane.BULK)
                await followups.asked(it.number)

    async def _finish(self) -> None:
        """Say what a crash has left unsaid."""
        for push, seeker in await self._books.pushes.unsaid(AT_ONCE):
            matches = await self._still_open(push)
            if seeker is None or not matches or self._clock() - push.at > TOO_OLD:
                await self._books.pushes.withdraw([push.number])
            else:
                [found] = await self._board.find([seeker])
                await self._say(seeker, push, matches, found.is_short)
                await self._books.pushes.said([push], [])

    async def _still_open(self, push: Push) -> tuple[Match, ...]:
        today = self._clock().astimezone(ZONE).date()
        matches = await self._board.as_kept(push)
        return tuple(it for it in matches if it.opening.may_be_offered(today))

    async def _serve(self, waiting: Sequence[Candidate]) -> None:
        """One batch of seekers: each turn ends, with a push or without."""
        now = self._clock()
        told = await self._books.pushes.lately((it.seeker for it in waiting), now - WEEK)
        later = {it.seeker: may_hear_again(told.get(it.seeker, []), self._most) for it in waiting}
        turns = [Turn(it.seeker, it.due, then) for it in waiting if (then := later[it.seeker])]
        ready = [it for it in waiting if later[it.seeker] is None]
        found = await self._board.find(ready)
        turns += [
            Turn(it.seeker, it.due, next_turn(it.pace, now, it.seeker), has.count)
            for it, has in zip(ready, found, strict=True)
        ]
        told_of = [(it, has) for it, has in zip(ready, found, strict=True) if is_news(it, has)]
        pushes = await self._books.offers.keep([_draft(it, has) for it, has in told_of])
        for (it, has), push in zip(told_of, pushes, strict=True):
            if push.state is PushState.PLANNED:
                matches = kept(push, has.matches) if push.is_new else await self._still_open(push)
                await self._say(it, push, matches, has.is_short)
        await self._books.pushes.said(pushes, turns)

    async def _say(
        self, seeker: Candidate, push: Push, matches: Sequence[Match], is_short: bool
    ) -> None:
        if matches:
            reply = offers_reply(Offered(push.number, tuple(matches), is_short))
            key = f"push:{push.number}"
            await self._voice.say(seeker.urn, reply, key, Lane.BULK, once=True)


def is_news(seeker: Candidate, found: Found) -> bool:
    """Whether it is worth a message: who hears at once hears only of what fits exactly."""
    if seeker.pace is Pace.AT_ONCE:
        return any(not it.widened for it in found.matches)
    return bool(found.matches)


def _draft(seeker: Candidate, found: Found) -> Draft:
    due = "" if seeker.due is None else seeker.due.isoformat()
    key = f"push:{seeker.seeker}:{due}"
    return Draft(seeker.seeker, key, seeker.pace, found.matches[:WANTED], found.count)
