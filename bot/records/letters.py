"""Letters: pushes on their way through the day's campaign, and those that never went out.

A push is in a campaign and its seeker's turn is over in the same transaction. One that was stopped
before it was sent is as if it had never been: its openings may be offered again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.pipeline.messages import Button
from bot.records.audiences import Member
from bot.records.campaign_rows import DIGEST, parts_of
from bot.records.inserts import table_of
from bot.records.limits import rows_at_once
from bot.records.offers import Answer, Push, PushState, card, card_key, offers_of
from bot.records.pushes import Candidate, Turn, candidates, end_turns, pushable
from bot.records.recipient_rows import new_row
from bot.records.tables import (
    CampaignRow,
    CampaignState,
    Fate,
    OfferRow,
    OpeningRow,
    PreferenceRow,
    PushRow,
    RecipientRow,
    SeekerRow,
    ServiceRow,
)
from dialogs.work import OpeningState, Pace

DAYS = 2  # of whose pushes some may not have come to an end: today's and the last one's before


@dataclass(frozen=True, slots=True)
class Letter:
    """A push as it is said."""

    push: Push
    member: Member  # who it is for
    text: str
    buttons: tuple[Button, ...]


class Letters:
    """Everything that is pushed."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._clock = clock

    async def post(self, campaign: int, letters: Sequence[Letter], turns: Sequence[Turn]) -> bool:
        """Those pushes are in the campaign, and those turns are over: all in one transaction. False
        when the campaign takes none now; then nothing has changed. Whatever was done before is not
        done twice."""
        now = self._clock()
        async with self._sessions() as session:
            is_new = await _planned(session, [it.push.number for it in letters], now)
            new = [it for it in letters if it.push.number in is_new]
            if new and not await _grow(session, campaign, len(new), now):
                return False
            await _write(session, campaign, new)
            for letter in new:
                await card(session, letter.push, now)
            await end_turns(session, turns, now)
            await session.commit()
        return True

    async def unposted(self, limit: int) -> list[tuple[Push, Candidate | None]]:
        """Pushes that were planned and are in no campaign, as a crash leaves them, each with its
        seeker; no seeker when they want to hear nothing any more."""
        row = PushRow
        planned = select(row).where(row.state == PushState.PLANNED.value).order_by(row.id)
        async with self._sessions() as session:
            rows = list(await session.scalars(planned.limit(rows_at_once(limit))))
            offers = await offers_of(session, [it.id for it in rows])
            theirs = pushable().where(SeekerRow.id.in_([it.seeker_id for it in rows]))
            seekers = {it.seeker: it for it in await candidates(session, theirs)}
        return [
            (
                Push(it.id, it.seeker_id, it.at, PushState(it.state), offers.get(it.id, ())),
                seekers.get(it.seeker_id),
            )
            for it in rows
        ]

    async def stop_filled(self) -> int:
        """Whoever waits for openings of which none is open any more is sent none; how many."""
        row = RecipientRow
        is_open = (
            exists()
            .where(OfferRow.push_id == row.push_id, OfferRow.opening_id == OpeningRow.id)
            .where(OpeningRow.state == OpeningState.OPEN.value)
        )
        waiting = and_(row.campaign_id.in_(_days()), row.state == Fate.QUEUED.value, ~is_open)
        values = {"state": Fate.STOPPED.value, "reason": "filled", "done_at": self._clock()}
        stop = update(row).where(waiting).values(**values).returning(row.id)
        async with self._sessions.begin() as session:
            stopped = await session.scalars(stop.execution_options(synchronize_session=False))
            return len(list(stopped))

    async def take_back(self, limit: int) -> int:
        """Pushes of the last days that were stopped before they were sent are withdrawn; how
        many."""
        row = RecipientRow
        was_stopped = row.state.in_((Fate.STOPPED.value, Fate.SKIPPED.value))
        stopped = (
            select(row.push_id)
            .join(PushRow, PushRow.id == row.push_id)
            .where(row.campaign_id.in_(_days()), was_stopped)
            .where(PushRow.state == PushState.SAID.value)
        )
        async with self._sessions.begin() as session:
            numbers = list(await session.scalars(stopped.limit(rows_at_once(limit))))
            await _withdraw(session, [it for it in numbers if it], PushState.SAID, self._clock())
        return len(numbers)

    async def withdraw(self, pushes: Collection[int]) -> None:
        """Those pushes, that are in no campaign yet, are not to be said."""
        async with self._sessions.begin() as session:
            await _withdraw(session, pushes, PushState.PLANNED, self._clock())


async def _planned(session: AsyncSession, pushes: Collection[int], now: datetime) -> set[int]:
    """Those that were planned, and are on their way from now on."""
    row = PushRow
    planned = update(row).where(row.id.in_(pushes), row.state == PushState.PLANNED.value)
    values = planned.values(state=PushState.SAID.value, at=now).returning(row.id)
    return set(await session.scalars(values.execution_options(synchronize_session=False)))


async def _grow(session: AsyncSession, campaign: int, many: int, now: datetime) -> bool:
    """Whether the campaign takes so many more."""
    row = CampaignRow
    is_open = and_(row.state == CampaignState.RUNNING.value, row.expires_at > now)
    grow = update(row).where(row.id == campaign, is_open).values(frozen=row.frozen + many)
    grown = grow.returning(row.id).execution_options(synchronize_session=False)
    return await session.scalar(grown) is not None


async def _write(session: AsyncSession, campaign: int, letters: Sequence[Letter]) -> None:
    if not letters:
        return
    quiet = await _quiet_hours(session, [it.member.urn for it in letters])
    rows = [
        new_row(campaign, it.member, it.text)
        | {"push_id": it.push.number, "buttons": parts_of(it.buttons)}
        | quiet.get(it.member.urn, {})
        for it in letters
    ]
    await session.execute(table_of(RecipientRow).insert(), rows)


async def _quiet_hours(session: AsyncSession, urns: Collection[str]) -> dict[str, dict[str, Any]]:
    """The columns of those who want other hours than the rest."""
    row = PreferenceRow
    own = select(row.urn, row.quiet_from, row.quiet_until)
    theirs = own.where(row.urn.in_(urns), row.quiet_from.is_not(None))
    return {
        urn: {"quiet_from": begin, "quiet_until": end}
        for urn, begin, end in await session.execute(theirs)
    }


def _days() -> Select[int]:
    """The campaigns in which something may not have come to an end."""
    row = CampaignRow
    latest = select(row.id).where(row.kind == DIGEST).order_by(row.id.desc()).limit(DAYS)
    return select(latest.subquery().c.id)


async def _withdraw(
    session: AsyncSession, pushes: Collection[int], before: PushState, now: datetime
) -> None:
    """As if they had never been: what they offered may be offered again, and now. Their keys are
    free, so that the same turn can bring another push."""
    row = PushRow
    free = row.key.concat(":").concat(cast(row.id, String))
    end = update(row).where(row.id.in_(pushes), row.state == before.value)
    ended = end.values(state=PushState.WITHDRAWN.value, key=free).returning(row.id, row.seeker_id)
    rows = (await session.execute(ended.execution_options(synchronize_session=False))).all()
    seekers = {it.id: it.seeker_id for it in rows}
    offer, service = table_of(OfferRow).c, table_of(ServiceRow).c
    is_unanswered = func.coalesce(offer.answer, Answer.FILLED.value) == Answer.FILLED.value
    await session.execute(
        delete(table_of(OfferRow)).where(offer.push_id.in_(seekers), is_unanswered)
    )
    cards = [card_key(it) for it in seekers]
    await session.execute(delete(table_of(ServiceRow)).where(service.key.in_(cards)))
    await _make_due(session, seekers.values(), now)


async def _make_due(session: AsyncSession, seekers: Collection[int], now: datetime) -> None:
    row = SeekerRow
    later = or_(row.next_push_at.is_(None), row.next_push_at > now)
    theirs = update(row).where(row.id.in_(seekers), row.pace != Pace.NEVER.value, later)
    await session.execute(
        theirs.values(next_push_at=now).execution_options(synchronize_session=False)
    )
