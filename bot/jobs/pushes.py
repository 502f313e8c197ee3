"""The push: each seeker is told of openings when it is their turn, by day, not too often, and each
time once, whatever is killed.

A push is kept first, then put into the day's campaign together with the end of the turn. What a
crash leaves between is found and put there once. What the campaign stops before it is sent, because
the day is over or the places are taken, is as if it had never been.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import ZONE
from bot.jobs.board import Board, Found, kept
from bot.jobs.calendar import WEEK, may_begin, may_hear_again, next_turn
from bot.jobs.mailing import Mailing
from bot.jobs.matching import WANTED
from bot.jobs.news import News, Voice
from bot.pipeline.messages import Lane
from bot.records.applications import Applications
from bot.records.followups import FollowUps
from bot.records.letters import Letter, Letters
from bot.records.offers import Draft, Offers, Push, PushState
from bot.records.pushes import Candidate, Pushes, Turn
from dialogs.followup import ask_after_work
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
    letters: Letters
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
        mailing: Mailing,
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
        self._mailing = mailing
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
        await books.letters.stop_filled()
        while await books.letters.take_back(AT_ONCE) == AT_ONCE:
            pass
        await self._arrivals.announce()
        if await self._mailing.may_take() and await self._finish():
            await self._plan()

    async def _ask_after_work(self) -> None:
        followups = self._books.followups
        for it in await followups.due():
            if it.urn.partition(":")[0] in self._channels:
                question = ask_after_work(it.number, it.months)
                await self._voice.say(it.urn, question, f"followup:{it.number}", Lane.BULK)
                await followups.asked(it.number)

    async def _finish(self) -> bool:
        """Post what a crash has left; False when the day's campaign takes nothing any more."""
        left = await self._books.letters.unposted(AT_ONCE)
        letters = [it for push, seeker in left if (it := await self._left(push, seeker))]
        posted = {it.push.number for it in letters}
        await self._books.letters.withdraw([it.number for it, _ in left if it.number not in posted])
        who = [it for push, it in left if it is not None and push.number in posted]
        return await self._post(letters, [self._turn_of(it) for it in who])

    def _turn_of(self, seeker: Candidate) -> Turn:
        """The turn that a crash broke off is over. Who hears at once may have missed something
        since, and has another."""
        now = self._clock()
        then = next_turn(seeker.pace, now, seeker.seeker)
        return Turn(seeker.seeker, seeker.due, now if seeker.pace is Pace.AT_ONCE else then)

    async def _left(self, push: Push, seeker: Candidate | None) -> Letter | None:
        """What a crash has left, as it is said now; None: not any more."""
        matches = await self._still_open(push)
        if seeker is None or not matches or self._clock() - push.at > TOO_OLD:
            return None
        [found] = await self._board.find([seeker])
        return self._mailing.letter(seeker, push, matches, found.is_short)

    async def _still_open(self, push: Push) -> tuple[Match, ...]:
        today = self._clock().astimezone(ZONE).date()
        matches = await self._board.as_kept(push)
        return tuple(it for it in matches if it.opening.may_be_offered(today))

    async def _plan(self) -> None:
        """Serve whoever waits, batch by batch."""
        for _ in range(AT_MOST):
            waiting = await self._books.pushes.due(self._channels, AT_ONCE)
            if not waiting or not may_begin(self._clock()):
                return
            if not await self._serve(waiting):
                return

    async def _serve(self, waiting: Sequence[Candidate]) -> bool:
        """One batch of seekers: each turn ends, with a push or without. False when the day's
        campaign takes nothing any more; then they go on waiting."""
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
        return await self._post(await self._letters(told_of), turns)

    async def _letters(self, told_of: Sequence[tuple[Candidate, Found]]) -> list[Letter]:
        """A push for each; for those that were kept before, what they hold and is still open."""
        pushes = await self._books.offers.keep([_draft(it, has) for it, has in told_of])
        letters, empty = [], []
        for (it, has), push in zip(told_of, pushes, strict=True):
            if push.state is not PushState.PLANNED:
                continue
            matches = kept(push, has.matches) if push.is_new else await self._still_open(push)
            if matches:
                letters.append(self._mailing.letter(it, push, matches, has.is_short))
            else:
                empty.append(push.number)
        await self._books.letters.withdraw(empty)
        return letters

    async def _post(self, letters: Sequence[Letter], turns: Sequence[Turn]) -> bool:
        if not letters:
            await self._books.pushes.end(turns)
            return True
        return await self._books.letters.post(await self._mailing.of_today(), letters, turns)


def is_news(seeker: Candidate, found: Found) -> bool:
    """Whether it is worth a message: who hears at once hears only of what fits exactly."""
    if seeker.pace is Pace.AT_ONCE:
        return any(not it.widened for it in found.matches)
    return bool(found.matches)


def _draft(seeker: Candidate, found: Found) -> Draft:
    due = "" if seeker.due is None else seeker.due.isoformat()
    key = f"push:{seeker.seeker}:{due}"
    return Draft(seeker.seeker, key, seeker.pace, found.matches[:WANTED], found.count)
