"""The console's tables: staff, their sign-ins, and who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.columns import Words
from bot.records.tables.base import Row


class StaffRow(Row):
    """A member of staff."""

    __tablename__ = "staff"

    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]  # bot.records.staff.Role
    counties: Mapped[list[str]]  # none: all
    towns: Mapped[list[str]]
    password: Mapped[str] = mapped_column(Words)  # argon2id
    must_change: Mapped[bool]  # the password was set by somebody else
    totp_secret: Mapped[str | None]  # sealed; None until the second factor is set up
    totp_step: Mapped[int | None]  # the 30 s step whose code was used last: each is used once
    recovery: Mapped[list[str]]  # sha256 of the recovery codes not used yet
    is_active: Mapped[bool]
    telegram: Mapped[str | None] = mapped_column(unique=True)  # urn of a bound account
    created_at: Mapped[datetime]


class StaffSessionRow(Row):
    """Somebody is signed in at one browser."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index(None, "staff_id"),)

    token: Mapped[str] = mapped_column(unique=True)  # sha256 of what the browser holds
    csrf: Mapped[str]
    staff_id: Mapped[int]
    is_whole: Mapped[bool]  # the second factor was given where one is asked for
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str]
    browser: Mapped[str]
    ended_at: Mapped[datetime | None]


class AuditRow(Row):
    """Who did what, in a chain: each entry's digest covers the one before it."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), Index(None, "staff", "at"))

    number: Mapped[int] = mapped_column(unique=True)  # 1, 2, 3 ... without a gap
    at: Mapped[datetime]
    staff: Mapped[str]  # login; "-" for nobody known
    action: Mapped[str]  # "sign_in", "reveal", "export" ...
    about: Mapped[str]  # "ticket:17"
    detail: Mapped[Mapping[str, object]]
    address: Mapped[str]
    digest: Mapped[str]


class BookmarkRow(Row):
    """A list of the console with its filters, under a name that a member of staff gave it."""

    __tablename__ = "bookmarks"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    staff_id: Mapped[int]
    name: Mapped[str]
    page: Mapped[str]  # the list: "/console/seekers"
    query: Mapped[str] = mapped_column(Words)  # its filters, as in the address


class TokenRow(Row):
    """A key for programs that use the API."""

    __tablename__ = "tokens"

    name: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)  # sha256 of it
    staff_id: Mapped[int]  # in whose name it acts
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
