"""The campaigns' tables: what is broadcast, to whom, what became of it, and who wants none."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.columns import Words
from bot.records.tables.base import Row


class CampaignState(StrEnum):
    """How far a campaign has come."""

    DRAFT = "draft"
    FREEZING = "freezing"  # its recipients are being written down
    FROZEN = "frozen"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Fate(StrEnum):
    """What became of a recipient. It never goes back, but for a retry that somebody asked for."""

    QUEUED = "queued"
    SKIPPED = "skipped"  # was never to be sent to
    SENDING = "sending"  # on its way; the network may have it
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the network may have it or not
    STOPPED = "stopped"  # was to be sent to, until the campaign or the recipient ended it


def _unique_where(name: str, where: str, *columns: str) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class CampaignRow(Row):
    """One broadcast; its id is the number that staff call it by."""

    __tablename__ = "campaigns"
    __table_args__ = (Index(None, "state"), {"sqlite_autoincrement": True})

    key: Mapped[str] = mapped_column(unique=True)  # the same campaign made twice has the same one
    name: Mapped[str]
    kind: Mapped[str]  # bot.records.campaign_rows.Kind
    state: Mapped[str]  # CampaignState
    audience: Mapped[str] = mapped_column(Words)  # bot.jobs.audience
    exclusions: Mapped[str] = mapped_column(Words)  # likewise; empty: nobody
    words: Mapped[str] = mapped_column(Words)
    buttons: Mapped[list[str]]  # label, what a press sends, label, ...
    picture: Mapped[str | None] = mapped_column(Words)  # "telegram:<its name there or address>"
    again: Mapped[bool]  # whether what is unknown is sent once more
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]  # nothing is sent from then on
    per_day: Mapped[int | None]  # at most so many a day
    state_at: Mapped[datetime]
    state_reason: Mapped[str | None] = mapped_column(Words)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    frozen_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    begun_at: Mapped[datetime | None]
    frozen: Mapped[int]  # recipients written down


class RecipientRow(Row):
    """One visitor in one campaign, as they were when it was frozen; nothing is read again. In the
    day's pushes they are once for each push."""

    __tablename__ = "recipients"
    __table_args__ = (
        _unique_where("uq_recipients_campaign_id_urn", "push_id IS NULL", "campaign_id", "urn"),
        _unique_where("uq_recipients_push_id", "push_id IS NOT NULL", "push_id"),
        Index(None, "campaign_id", "state", "channel", "id"),
        Index(None, "campaign_id", "fed_at"),
        Index(None, "urn", "fed_at"),
    )

    campaign_id: Mapped[int]
    urn: Mapped[str]
    channel: Mapped[str]
    county: Mapped[str | None]
    push_id: Mapped[int | None]  # the push that they are sent; None: the campaign's message
    text: Mapped[str | None] = mapped_column(Words)  # None: the campaign's words as they are
    buttons: Mapped[list[str] | None]  # None: the campaign's
    quiet_from: Mapped[int]  # minutes after midnight; the same twice: at no time
    quiet_until: Mapped[int]
    state: Mapped[str]  # Fate
    reason: Mapped[str | None]
    attempt: Mapped[int]
    fed_at: Mapped[datetime | None]  # when it was last handed to the sender
    done_at: Mapped[datetime | None]
    interested_at: Mapped[datetime | None]


class CampaignEventRow(Row):
    """Who did what with a campaign."""

    __tablename__ = "campaign_events"
    __table_args__ = (Index(None, "campaign_id"),)

    key: Mapped[str] = mapped_column(unique=True)  # the same act done twice has the same one
    campaign_id: Mapped[int]
    at: Mapped[datetime]
    staff: Mapped[str]
    action: Mapped[str]
    detail: Mapped[str | None] = mapped_column(Words)


class PreferenceRow(Row):
    """What a visitor wants to get unasked, and when not."""

    __tablename__ = "preferences"

    urn: Mapped[str] = mapped_column(unique=True)
    muted_at: Mapped[datetime | None]  # wants no campaigns from then on
    muted_by: Mapped[int | None]  # the campaign that made them say so
    quiet_from: Mapped[int | None]  # minutes after midnight
    quiet_until: Mapped[int | None]
