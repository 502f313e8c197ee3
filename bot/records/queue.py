"""The queue of a campaign: who is next, who is passed over, who is marked as being sent to.

All of it happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.audiences import wants_none
from bot.records.inserts import table_of
from bot.records.quiet_hours import minute_of, rests
from bot.records.recipient_rows import FIRST
from bot.records.seekers import State
from bot.records.tables import (
    CampaignRow,
    Fate,
    PreferenceRow,
    Presence,
    RecipientRow,
    SeekerRow,
    VisitorRow,
    WishRow,
)
from bot.records.wishes import WishState
from dialogs.work import Pace

_recipient, _visitor = table_of(RecipientRow), table_of(VisitorRow)
_seeker, _wish = table_of(SeekerRow), table_of(WishRow)
_preference, _campaign = table_of(PreferenceRow), table_of(CampaignRow)


async def next_rows(
    session: AsyncSession, campaign: int, channel: str, most: int, before: Fate, now: datetime
) -> list[dict[str, Any]]:
    """The next of them, each with why it is not to be sent to after all."""
    c = _recipient.c
    is_quiet = rests(c.quiet_from, c.quiet_until, minute_of(now))
    wanted = (
        select(
            c.id, c.campaign_id, c.urn, c.text, c.attempt, c.push_id, c.buttons,
            (_visitor.c.state == Presence.STOPPED.value).label("has_left"),
            is_unwanted().label("wants_none"),
        )
        .select_from(
            _recipient.outerjoin(_visitor, _visitor.c.urn == c.urn)
            .outerjoin(_seeker, _seeker.c.urn == c.urn)
            .outerjoin(_preference, _preference.c.urn == c.urn)
        )
        .where(c.campaign_id == campaign, c.state == before.value, c.channel == channel)
        .where(not_(is_quiet))
        .order_by(c.id)
        .limit(most)
    )  # fmt: skip
    if before is Fate.UNKNOWN:
        wanted = wanted.where(c.attempt == FIRST)
    rows = (await session.execute(wanted)).mappings()
    return [{**row, "why_not": _why_not(row)} for row in rows]


def is_unwanted() -> ColumnElement[bool]:
    """Whether the recipient has said that they want no such thing: no campaigns or, of a push, no
    openings."""
    is_after_work = exists().where(
        _wish.c.seeker_id == _seeker.c.id, _wish.c.state == WishState.ACTIVE.value
    )
    is_wanted = and_(
        func.coalesce(_seeker.c.state, "") == State.ACTIVE.value,
        func.coalesce(_seeker.c.pace, Pace.NEVER.value) != Pace.NEVER.value,
        is_after_work,
    )
    is_post = _recipient.c.push_id.is_(None)
    return case((is_post, wants_none(_seeker, _preference)), else_=not_(is_wanted))


def _why_not(row: Mapping[Any, Any]) -> str | None:
    if row["has_left"]:
        return "left"
    return "opted_out" if row["wants_none"] else None


async def skip(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]], before: Fate, now: datetime
) -> None:
    """Whoever may have got it is left as unknown: nobody can say that they were skipped."""
    if before is Fate.UNKNOWN:
        return
    for reason in ("left", "opted_out"):
        those = [row["id"] for row in rows if row["why_not"] == reason]
        if those:
            c = _recipient.c
            end = update(_recipient).where(c.id.in_(those), c.state == before.value)
            values = {"state": Fate.SKIPPED.value, "reason": reason, "done_at": now}
            await session.execute(end.values(values))


async def mark_as_sending(
    session: AsyncSession, numbers: Sequence[int], before: Fate, now: datetime
) -> set[int]:
    """Mark those who are still as they were `before`; who they are."""
    if not numbers:
        return set()
    c = _recipient.c
    values: dict[str, Any] = {"state": Fate.SENDING.value, "fed_at": now}
    if before is Fate.UNKNOWN:
        values["attempt"] = c.attempt + 1
    mark = update(_recipient).where(c.id.in_(numbers), c.state == before.value)
    marked = await session.execute(mark.values(values).returning(c.id))
    return set(marked.scalars())


# What speaks for and against sending to each of some `numbers`. Built once: it is read all the
# time, and building it costs more than reading.
STANDINGS = (
    select(
        _recipient.c.id, _recipient.c.quiet_from, _recipient.c.quiet_until,
        _preference.c.quiet_from.label("own_from"),
        _preference.c.quiet_until.label("own_until"),
        _campaign.c.state.label("campaign_state"), _campaign.c.expires_at,
        is_unwanted().label("wants_none"),
    )
    .select_from(
        _recipient.join(_campaign, _campaign.c.id == _recipient.c.campaign_id)
        .outerjoin(_seeker, _seeker.c.urn == _recipient.c.urn)
        .outerjoin(_preference, _preference.c.urn == _recipient.c.urn)
    )
    .where(_recipient.c.id.in_(bindparam("numbers", expanding=True)))
)  # fmt: skip
