"""What a campaign set off: answers, interest, applications, and people who want no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from bot.records.tables import (
    ApplicationRow,
    Direction,
    Fate,
    MessageRow,
    PreferenceRow,
    Presence,
    RecipientRow,
    SeekerRow,
    VisitorRow,
)
from dialogs.work import Pace

BEFORE_ALL = datetime(1970, 1, 2, tzinfo=UTC)
ECHO = timedelta(days=3)  # after the last message; what comes later has other reasons


@dataclass(frozen=True, slots=True)
class Echo:
    """How many of the recipients did what after they had got it."""

    replied: int
    interested: int
    applied: int
    opted_out: int  # said that they want no more campaigns or, of pushes, no more openings
    left: int  # blocked us


class Echoes:
    """Every campaign's."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def of(self, campaign: int) -> Echo:
        """What it has set off so far."""
        async with self._sessions() as session:
            until = await _until(session, campaign)
            return Echo(
                replied=await session.scalar(_replied(campaign, until)) or 0,
                interested=await session.scalar(_interested(campaign)) or 0,
                applied=await session.scalar(_applied(campaign, until)) or 0,
                opted_out=await _sum(session, _opted_out(campaign), _stopped_pushes(campaign)),
                left=await session.scalar(_left(campaign, until)) or 0,
            )


async def _until(session: AsyncSession, campaign: int) -> datetime:
    last = select(func.max(RecipientRow.fed_at)).where(RecipientRow.campaign_id == campaign)
    found = await session.scalar(last)
    return BEFORE_ALL if found is None else found + ECHO


async def _sum(session: AsyncSession, *counts: Select[int]) -> int:
    return sum([await session.scalar(it) or 0 for it in counts])


def _people(campaign: int) -> Select[int]:
    return select(func.count(RecipientRow.urn.distinct())).where(_got(campaign))


def _got(campaign: int) -> ColumnElement[bool]:
    return and_(RecipientRow.campaign_id == campaign, RecipientRow.state == Fate.SENT.value)


def _replied(campaign: int, until: datetime) -> Select[int]:
    row = MessageRow
    said = and_(
        row.urn == RecipientRow.urn,
        row.direction == Direction.HEARD.value,
        row.at > RecipientRow.done_at,
        row.at < until,
    )
    return _people(campaign).join_from(RecipientRow, row, said)


def _interested(campaign: int) -> Select[int]:
    mine = and_(RecipientRow.campaign_id == campaign, RecipientRow.interested_at.is_not(None))
    return select(func.count()).where(mine)


def _applied(campaign: int, until: datetime) -> Select[int]:
    row = ApplicationRow
    did = and_(
        row.seeker_id == SeekerRow.id, row.opened_at > RecipientRow.done_at, row.opened_at < until
    )
    seekers = _people(campaign).join_from(
        RecipientRow, SeekerRow, SeekerRow.urn == RecipientRow.urn
    )
    return seekers.join(row, did)


def _opted_out(campaign: int) -> Select[int]:
    return select(func.count()).where(PreferenceRow.muted_by == campaign)


def _stopped_pushes(campaign: int) -> Select[int]:
    """Whose last push was in it, and who want no more: nothing else has come to them since."""
    later = aliased(RecipientRow)
    has_later = exists().where(
        later.urn == RecipientRow.urn,
        later.fed_at > RecipientRow.fed_at,
        later.push_id.is_not(None),
        later.state == Fate.SENT.value,
    )
    theirs = and_(SeekerRow.urn == RecipientRow.urn, SeekerRow.pace == Pace.NEVER.value)
    stopped = _people(campaign).join_from(RecipientRow, SeekerRow, theirs)
    return stopped.where(RecipientRow.push_id.is_not(None), ~has_later)


def _left(campaign: int, until: datetime) -> Select[int]:
    row = VisitorRow
    gone = and_(
        row.urn == RecipientRow.urn,
        row.state == Presence.STOPPED.value,
        row.state_at >= RecipientRow.fed_at,
        row.state_at < until,
    )
    mine = select(func.count()).where(RecipientRow.campaign_id == campaign)
    return mine.join_from(RecipientRow, row, gone)
