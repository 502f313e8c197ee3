"""Rows of recipients: who is next, what is marked, and what a row tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ZONE
from bot.records.audiences import Member, Quiet, wants_none
from bot.records.inserts import table_of
from bot.records.tables import (
    CampaignState,
    Fate,
    PreferenceRow,
    Presence,
    RecipientRow,
    SeekerRow,
    VisitorRow,
)

FIRST = 1  # attempt

_recipient = table_of(RecipientRow)
_visitor, _seeker = table_of(VisitorRow), table_of(SeekerRow)
_preference = table_of(PreferenceRow)


@dataclass(frozen=True, slots=True)
class Due:
    """A recipient who is being sent to."""

    number: int
    campaign: int
    urn: str
    text: str | None  # None: the campaign's own words
    attempt: int

    @property
    def ref(self) -> str:
        """The name of the message, the same whenever it is said."""
        again = f".{self.attempt}" if self.attempt > FIRST else ""
        return f"c{self.campaign}.{self.number}{again}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for and against sending to a recipient now."""

    campaign_state: CampaignState
    expires_at: datetime | None
    quiet: Quiet
    wants_none: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a report."""

    number: int
    urn: str
    channel: str
    county: str | None
    fate: Fate
    reason: str | None
    fed_at: datetime | None
    done_at: datetime | None
    attempt: int
    ref: str


async def next_rows(
    session: AsyncSession, campaign: int, channel: str, most: int, before: Fate, now: datetime
) -> list[dict[str, Any]]:
    """The next of them, each with why it is not to be sent to after all."""
    c = _recipient.c
    local = now.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    wanted = (
        select(
            c.id, c.urn, c.text, c.attempt,
            (_visitor.c.state == Presence.STOPPED.value).label("has_left"),
            wants_none(_seeker, _preference).label("wants_none"),
        )
        .select_from(
            _recipient.outerjoin(_visitor, _visitor.c.urn == c.urn)
            .outerjoin(_seeker, _seeker.c.urn == c.urn)
            .outerjoin(_preference, _preference.c.urn == c.urn)
        )
        .where(c.campaign_id == campaign, c.state == before.value, c.channel == channel)
        .where(not_(_is_quiet(minute)))
        .order_by(c.id)
        .limit(most)
    )  # fmt: skip
    if before is Fate.UNKNOWN:
        wanted = wanted.where(c.attempt == FIRST)
    rows = (await session.execute(wanted)).mappings()
    return [{**row, "why_not": _why_not(row)} for row in rows]


def _why_not(row: Mapping[Any, Any]) -> str | None:
    if row["has_left"]:
        return "left"
    return "opted_out" if row["wants_none"] else None


def _is_quiet(minute: int) -> ColumnElement[bool]:
    """Whether a recipient is to be left alone at that minute of the day."""
    begin, end = _recipient.c.quiet_from, _recipient.c.quiet_until
    return or_(
        and_(begin < end, begin <= minute, minute < end),
        and_(begin > end, or_(minute >= begin, minute < end)),
    )


def is_quiet(quiet: Quiet, now: datetime) -> bool:
    """The same of one recipient."""
    local = now.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    if quiet.begin < quiet.end:
        return quiet.begin <= minute < quiet.end
    return quiet.begin > quiet.end and (minute >= quiet.begin or minute < quiet.end)


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


def new_row(campaign: int, member: Member, text: str | None) -> dict[str, Any]:
    """The row of somebody who is written down."""
    return {
        "campaign_id": campaign,
        "urn": member.urn,
        "channel": member.channel,
        "county": member.county,
        "text": text,
        "quiet_from": member.quiet.begin,
        "quiet_until": member.quiet.end,
        "state": (Fate.QUEUED if member.why_not is None else Fate.SKIPPED).value,
        "reason": member.why_not,
        "attempt": FIRST,
    }


def standing_in(row: Mapping[Any, Any]) -> Standing:
    """What a row of all that matters tells."""
    own = row["own_from"], row["own_until"]
    has_own = own[0] is not None and own[1] is not None
    quiet = Quiet(*own) if has_own else Quiet(row["quiet_from"], row["quiet_until"])
    return Standing(
        CampaignState(row["campaign_state"]), row["expires_at"], quiet, bool(row["wants_none"])
    )


def recipient_in(row: Mapping[Any, Any]) -> Recipient:
    """The line of a report that a row makes."""
    due = Due(row["id"], row["campaign_id"], row["urn"], None, row["attempt"])
    return Recipient(
        number=row["id"],
        urn=row["urn"],
        channel=row["channel"],
        county=row["county"],
        fate=Fate(row["state"]),
        reason=row["reason"],
        fed_at=row["fed_at"],
        done_at=row["done_at"],
        attempt=row["attempt"],
        ref=due.ref,
    )
