"""The chat's tables: visitors, what was said, tickets, verdicts and what found no answer.

`urn` names a visitor: "telegram:123".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.columns import Words
from bot.records.tables.base import Row


class Presence(StrEnum):
    """Whether a visitor may be written to unasked."""

    ACTIVE = "active"
    STOPPED = "stopped"


class Direction(StrEnum):
    """Who spoke."""

    HEARD = "heard"
    SAID = "said"


class Arrival(StrEnum):
    """What became of a message on its way: QUEUED until the network has answered."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"  # never handed to the network: a campaign or its recipient ended it


class VisitorRow(Row):
    """Somebody who chats with the hotline."""

    __tablename__ = "visitors"

    urn: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]  # when they last said something
    state: Mapped[str]  # Presence
    state_at: Mapped[datetime]  # what is older cannot change the state any more
    detail: Mapped[str | None] = mapped_column(Words)  # why they stopped


class MessageRow(Row):
    """One thing heard or said."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "urn", "at"), Index(None, "at"))

    journal_id: Mapped[str] = mapped_column(unique=True)  # "17-1526919030474-0"
    ref: Mapped[str | None] = mapped_column(unique=True)  # a said message's name for ever
    event: Mapped[str]  # the turn it belongs to
    urn: Mapped[str]
    direction: Mapped[str]  # Direction
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Words)
    kind: Mapped[str | None]  # heard: dialogs.talk.Kind
    script: Mapped[str | None]
    outcome: Mapped[str | None]  # said: dialogs.talk.Outcome
    policies: Mapped[list[str]]
    evidence: Mapped[Mapping[str, object]]
    buttons: Mapped[list[str]]
    asked: Mapped[str | None] = mapped_column(Words)
    delivery: Mapped[str | None]  # said: Arrival
    delivered_at: Mapped[datetime | None]  # when the network took it
    external: Mapped[str | None]  # the network's own id of it
    detail: Mapped[str | None] = mapped_column(Words)  # why it did not arrive


class TicketRow(Row):
    """A question handed to a person; its id is the number the visitor is told."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "state", "opened_at"),
        Index(None, "urn"),
        {"sqlite_autoincrement": True},
    )

    key: Mapped[str] = mapped_column(unique=True)
    urn: Mapped[str]
    topic: Mapped[str] = mapped_column(Words)
    context: Mapped[str] = mapped_column(Words)
    opened_at: Mapped[datetime]
    state: Mapped[str]  # bot.records.tickets.State
    due_at: Mapped[datetime | None]  # somebody should have taken it by then
    contact: Mapped[str | None]  # where to call back, if they wish to be called
    contact_when: Mapped[str | None]  # and when
    staff: Mapped[str | None]  # login of whoever has taken it
    taken_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # bot.records.tickets.Outcome
    nudged_at: Mapped[datetime | None]  # when the staff were reminded of it


class TicketNoteRow(Row):
    """What staff wrote about a ticket, or did with it; the visitor does not see it."""

    __tablename__ = "ticket_notes"
    __table_args__ = (Index(None, "ticket_id", "at"),)

    ticket_id: Mapped[int]
    at: Mapped[datetime]
    staff: Mapped[str]
    text: Mapped[str] = mapped_column(Words)


class FeedbackRow(Row):
    """A visitor's verdict on an answer."""

    __tablename__ = "feedback"
    __table_args__ = (Index(None, "about", "at"), Index(None, "at"))

    key: Mapped[str] = mapped_column(unique=True)
    urn: Mapped[str]
    about: Mapped[str]  # the turn that answered: MessageRow.event
    useful: Mapped[bool]
    at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Words)


class UnansweredRow(Row):
    """A question the hotline could not answer, or only by offering a choice."""

    __tablename__ = "unanswered"
    __table_args__ = (Index(None, "at"),)

    journal_id: Mapped[str] = mapped_column(unique=True)
    urn: Mapped[str]
    question: Mapped[str] = mapped_column(Words)
    at: Mapped[datetime]
    outcome: Mapped[str]
    evidence: Mapped[Mapping[str, object]]
