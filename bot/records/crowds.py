"""Crowds: the visitors behind a number that is not counted from conversations, so that whoever sees
the number finds what they said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.records.days import begin_of, end_of
from bot.records.tables import ApplicationRow, Fate, FollowUpRow, RecipientRow, SeekerRow, TicketRow

STILL_IN_WORK = ("working", "changed")  # bot.records.followups.StillThere


class Kind(StrEnum):
    """What they have in common."""

    SEEKER = "seeker"  # they are that seeker
    OPENED = "opened"  # asked for a person
    CLOSED = "closed"  # a ticket of theirs was closed
    SENT = "sent"  # got that campaign
    INTERESTED = "interested"  # in that campaign
    RECIPIENT = "recipient"  # are that recipient of a campaign
    HIRED = "hired"
    ASKED = "asked"  # so many months after they found work
    ANSWERED = "answered"
    WORKING = "working"  # and answered that they still have some


@dataclass(frozen=True, slots=True)
class Crowd:
    """Whose conversations; `number` is of the seeker, campaign, recipient or months, by the kind;
    0 means any of them. The days are those on which it happened, the last one included."""

    kind: Kind
    number: int = 0
    begin: date | None = None
    end: date | None = None


def urns(crowd: Crowd) -> Select[str]:
    """The visitors in it."""
    match crowd.kind:
        case Kind.OPENED | Kind.CLOSED:
            return select(TicketRow.urn).where(*tickets(crowd))
        case Kind.SENT | Kind.INTERESTED | Kind.RECIPIENT:
            return select(RecipientRow.urn).where(*recipients(crowd))
        case Kind.SEEKER:
            return select(SeekerRow.urn).where(SeekerRow.id == crowd.number)
        case Kind.HIRED:
            hired = select(ApplicationRow.seeker_id).where(*hires(crowd))
            return select(SeekerRow.urn).where(SeekerRow.id.in_(hired))
        case Kind.ASKED | Kind.ANSWERED | Kind.WORKING:
            asked = select(FollowUpRow.seeker_id).where(*_follow_ups(crowd))
            return select(SeekerRow.urn).where(SeekerRow.id.in_(asked))
        case _:
            assert_never(crowd.kind)


def tickets(crowd: Crowd) -> Iterator[ColumnElement[bool]]:
    """What holds of the tickets that count."""
    is_closed = crowd.kind is Kind.CLOSED
    yield from _within(TicketRow.closed_at if is_closed else TicketRow.opened_at, crowd)


def recipients(crowd: Crowd) -> Iterator[ColumnElement[bool]]:
    """What holds of the recipients that count."""
    row = RecipientRow
    if crowd.kind is Kind.RECIPIENT:
        yield row.id == crowd.number
        return
    # Of all campaigns: of those that staff wrote, without the days' pushes.
    yield row.campaign_id == crowd.number if crowd.number else row.push_id.is_(None)
    if crowd.kind is Kind.SENT:
        yield row.state == Fate.SENT.value
    yield from _within(row.done_at if crowd.kind is Kind.SENT else row.interested_at, crowd)


def hires(crowd: Crowd) -> Iterator[ColumnElement[bool]]:
    """What holds of the applications that count."""
    yield ApplicationRow.state == "hired"
    yield from _within(ApplicationRow.updated_at, crowd)


def _follow_ups(crowd: Crowd) -> Iterator[ColumnElement[bool]]:
    row = FollowUpRow
    if crowd.number:
        yield row.months == crowd.number
    if crowd.begin is not None:
        yield row.due >= crowd.begin
    if crowd.end is not None:
        yield row.due <= crowd.end
    match crowd.kind:
        case Kind.ASKED:
            yield row.asked_at.is_not(None)
        case Kind.ANSWERED:
            yield row.answer.is_not(None)
        case _:
            yield row.answer.in_(STILL_IN_WORK)


def _within(
    at: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime], crowd: Crowd
) -> Iterator[ColumnElement[bool]]:
    yield at.is_not(None)
    if crowd.begin is not None:
        yield at >= begin_of(crowd.begin)
    if crowd.end is not None:
        yield at < end_of(crowd.end)
