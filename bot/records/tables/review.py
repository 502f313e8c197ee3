"""The supervisors' tables: conversations with what came of them, and what was thought of them.

A conversation is what one visitor and the hotline said to each other on one local day.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.columns import Words
from bot.records.tables.base import Row


class Tag(StrEnum):
    """What a conversation can be found by."""

    SCRIPT = "script"
    POLICY = "policy"
    STAFF = "staff"
    OUTCOME = "outcome"  # dialogs.talk.Outcome
    CHANNEL = "channel"
    MARK = "mark"  # bot.records.summaries.Mark
    LABEL = "label"
    SCORE = "score"  # of its last reading


class ConversationRow(Row):
    """One visitor, one day. `stale` counts what happened since it was summed up last."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("urn", "day"),
        Index(
            "ix_conversations_stale",
            "stale",
            sqlite_where=text("stale > 0"),
            postgresql_where=text("stale > 0"),
        ),
        Index(None, "is_talk", "at", "id"),
        Index(None, "day"),
    )

    urn: Mapped[str]
    day: Mapped[date]  # in Asia/Shanghai
    channel: Mapped[str]
    at: Mapped[datetime]  # the first word
    until: Mapped[datetime]  # the last one
    stale: Mapped[int]
    is_talk: Mapped[bool]  # the visitor or a person spoke; else only the hotline, unasked
    turns: Mapped[int]
    answered: Mapped[int]
    choices: Mapped[int]
    declined: Mapped[int]
    handoffs: Mapped[int]
    useful: Mapped[int]
    useless: Mapped[int]
    undelivered: Mapped[int]
    seconds: Mapped[int]  # from the first word to the last
    first_response: Mapped[int | None]  # milliseconds from the first word to the first answer
    longest_wait: Mapped[int | None]  # milliseconds that the visitor waited at the longest
    has_personal: Mapped[bool]  # a telephone number, an ID number or a bank card was told
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None]
    score: Mapped[int | None]


class ConversationTagRow(Row):
    """One thing that a conversation can be found by."""

    __tablename__ = "conversation_tags"
    __table_args__ = (
        UniqueConstraint("conversation_id", "kind", "value"),
        Index(None, "kind", "value", "at", "conversation_id"),
        Index(None, "urn"),
    )

    urn: Mapped[str]
    conversation_id: Mapped[int]
    at: Mapped[datetime]  # as of the conversation
    kind: Mapped[str]  # Tag
    value: Mapped[str]


class ReadingRow(Row):
    """What a supervisor thought of a conversation: 0-2 each, None where it does not apply."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("conversation_id", "staff"),
        Index(None, "at"),
        Index(None, "urn"),
    )

    urn: Mapped[str]
    conversation_id: Mapped[int]
    at: Mapped[datetime]
    staff: Mapped[str]
    correct: Mapped[int]
    complete: Mapped[int]
    kind: Mapped[int]
    in_time: Mapped[int]


class PointRow(Row):
    """A note about a conversation; with a due day it is something to be done."""

    __tablename__ = "points"
    __table_args__ = (
        Index(None, "conversation_id", "at"),
        Index(None, "due"),
        Index(None, "urn"),
    )

    urn: Mapped[str]
    conversation_id: Mapped[int]
    at: Mapped[datetime]
    staff: Mapped[str]
    text: Mapped[str] = mapped_column(Words)
    due: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]


class TallyRow(Row):
    """What the conversations of one day, channel and town came to, with visitors who were here last
    on the same day."""

    __tablename__ = "tallies"
    __table_args__ = (UniqueConstraint("day", "channel", "county", "town", "before"),)

    day: Mapped[date]
    channel: Mapped[str]
    county: Mapped[str]  # "": the ledger knew none
    town: Mapped[str]
    before: Mapped[date]  # the day of their visit before this one; date.min: none, or it is deleted
    talks: Mapped[int]
    turns: Mapped[int]
    answered: Mapped[int]
    choices: Mapped[int]
    declined: Mapped[int]
    handoffs: Mapped[int]
    useful: Mapped[int]
    useless: Mapped[int]
    undelivered: Mapped[int]


class TallyResponseRow(Row):
    """How many conversations of a day, channel and town waited so long for the first answer."""

    __tablename__ = "tally_responses"
    __table_args__ = (Index(None, "day"),)

    day: Mapped[date]
    channel: Mapped[str]
    county: Mapped[str]
    town: Mapped[str]
    milliseconds: Mapped[int]  # rounded as bot.records.tallies does
    talks: Mapped[int]


class TallyDayRow(Row):
    """A day that is over and tallied."""

    __tablename__ = "tally_days"

    day: Mapped[date] = mapped_column(unique=True)
    is_final: Mapped[bool]  # its conversations are deleted: the tally never changes


class TallyMarkRow(Row):
    """Something of a tallied day has changed: written by the database itself whenever a
    conversation or the place of a seeker does. The day is to be tallied anew."""

    __tablename__ = "tally_marks"
    __table_args__ = (Index(None, "day"),)

    day: Mapped[date]


class PlanRow(Row):
    """So many conversations a week to be read, drawn at random."""

    __tablename__ = "sampling_plans"

    name: Mapped[str] = mapped_column(unique=True)
    a_week: Mapped[int]
    unanswered: Mapped[int]  # per cent of them that had no answer
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SampleRow(Row):
    """A conversation that was drawn."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("plan_id", "week", "conversation_id"),
        Index(None, "conversation_id"),
        Index(None, "urn"),
    )

    urn: Mapped[str]
    conversation_id: Mapped[int]
    at: Mapped[datetime]
    plan_id: Mapped[int]
    week: Mapped[date]  # its Monday


class ChangeRow(Row):
    """A change of the content: proposed by one, approved by another."""

    __tablename__ = "content_changes"
    __table_args__ = (Index(None, "state", "at"),)

    at: Mapped[datetime]
    staff: Mapped[str]  # who proposed it
    file: Mapped[str]  # within the content's folder
    before: Mapped[str | None] = mapped_column(Words)  # None: a new file
    after: Mapped[str] = mapped_column(Words)
    questions: Mapped[list[str]]  # masked, that it should answer
    state: Mapped[str]  # bot.records.changes.State
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
