"""The work side's tables: the ledger of seekers, their wishes, openings, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.columns import Words
from bot.records.tables.base import Row


class ConsentRow(Row):
    """What a visitor agreed or refused to, to which version of the words; the newest one counts."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "urn", "purpose", "at"),)

    key: Mapped[str] = mapped_column(unique=True)
    urn: Mapped[str]
    purpose: Mapped[str]  # dialogs.consent.Purpose
    version: Mapped[str]  # of the notice that was shown
    given: Mapped[bool]
    at: Mapped[datetime]


class SeekerRow(Row):
    """A person in the ledger. Whoever was entered by staff has an `urn` that no channel reaches:
    "desk:<number>"."""

    __tablename__ = "seekers"
    __table_args__ = (
        Index(None, "county", "state"),
        Index(None, "state", "next_push_at"),
        {"sqlite_autoincrement": True},  # the number of who was deleted is nobody else's
    )

    urn: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]
    county: Mapped[str | None]
    town: Mapped[str | None]
    village: Mapped[str | None]
    age: Mapped[int | None]  # only if it was offered; counts for nothing but the law's limits
    category: Mapped[str | None]  # of difficulty, as content/directory/categories.yaml names it
    station: Mapped[str | None]  # in charge of this person
    officer: Mapped[str | None]
    state: Mapped[str]  # bot.records.seekers.State
    pace: Mapped[str]  # how often pushes may come: dialogs.work.Pace
    next_push_at: Mapped[datetime | None]  # None: none is due
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    is_example: Mapped[bool]


class WishRow(Row):
    """The work a seeker wants: one wish a seeker, changed in place."""

    __tablename__ = "wishes"
    __table_args__ = (Index(None, "state"),)

    seeker_id: Mapped[int] = mapped_column(unique=True)
    occupations: Mapped[list[str]]
    counties: Mapped[list[str]]
    towns: Mapped[list[str]]
    away: Mapped[list[str]]  # places outside Xingtai; ["*"]: anywhere
    pay_min: Mapped[int | None]  # yuan
    pay_unit: Mapped[str | None]
    work_type: Mapped[str | None]
    housing: Mapped[bool | None]
    meals: Mapped[bool | None]
    hours: Mapped[str | None]
    training: Mapped[str | None]
    state: Mapped[str]  # "active", "withdrawn", "placed"
    confirmed_at: Mapped[datetime]
    found: Mapped[int | None]  # openings found when last matched; under three: the staff's list
    matched_at: Mapped[datetime | None]


class OpeningRow(Row):
    """A job posting; its id is the number that visitors and staff use."""

    __tablename__ = "openings"
    __table_args__ = (
        Index(None, "state", "county"),
        Index(None, "state", "expires"),
        Index(None, "reference", unique=True),
        {"sqlite_autoincrement": True},
    )

    key: Mapped[str] = mapped_column(unique=True)  # what makes two rows of a file the same opening
    title: Mapped[str]
    occupation: Mapped[str | None]
    employer: Mapped[str]
    county: Mapped[str | None]  # None: outside Xingtai; see `away`
    town: Mapped[str | None]
    away: Mapped[str | None]  # a place outside Xingtai
    address: Mapped[str | None] = mapped_column(Words)
    pay_min: Mapped[int | None]  # yuan
    pay_max: Mapped[int | None]
    pay_unit: Mapped[str | None]
    work_type: Mapped[str]
    housing: Mapped[bool | None]
    meals: Mapped[bool | None]
    hours: Mapped[str | None]
    headcount: Mapped[int | None]
    description: Mapped[str] = mapped_column(Words)
    requirements: Mapped[str] = mapped_column(Words)
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    flags: Mapped[list[str]]  # what is doubtful in its wording: bot.jobs.wording.Flag
    state: Mapped[str]  # dialogs.work.OpeningState
    published: Mapped[date]
    expires: Mapped[date | None]  # the last day on which it is offered
    digest: Mapped[str]  # of what a seeker would want to know anew
    source: Mapped[str | None]  # the file it came from
    reference: Mapped[str | None]  # the bureau's own number, given over the API
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    is_example: Mapped[bool]


class PushRow(Row):
    """One message with openings for one seeker."""

    __tablename__ = "pushes"
    __table_args__ = (Index(None, "seeker_id", "at"), Index(None, "state"))

    key: Mapped[str] = mapped_column(unique=True)
    seeker_id: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]  # dialogs.work.Pace, or "asked" when the seeker asked for it
    state: Mapped[str]  # bot.records.offers.PushState


class OfferRow(Row):
    """One opening in a push, and what the seeker said to it."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("seeker_id", "opening_id", "digest"),
        Index(None, "opening_id"),
        Index(None, "push_id"),
    )

    push_id: Mapped[int]
    seeker_id: Mapped[int]
    opening_id: Mapped[int]
    digest: Mapped[str]  # the opening's, when it was offered
    offered_at: Mapped[datetime]
    reasons: Mapped[list[str]]
    widened: Mapped[list[str]]
    answer: Mapped[str | None]  # bot.records.offers.Answer
    why: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class ApplicationRow(Row):
    """A seeker is interested in an opening and it goes its way."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("seeker_id", "opening_id"),
        Index(None, "state", "opened_at"),
    )

    seeker_id: Mapped[int]
    opening_id: Mapped[int]
    state: Mapped[str]  # dialogs.work.Step
    shares: Mapped[bool]  # whether the employer may be given name and phone
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Words)


class ServiceRow(Row):
    """One entry of a seeker's service card: what was done for them, by whom, and what is next."""

    __tablename__ = "services"
    __table_args__ = (Index(None, "seeker_id", "at"),)

    key: Mapped[str] = mapped_column(unique=True)
    seeker_id: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]  # a key of content/replies/card.yaml
    facts: Mapped[Mapping[str, object]]  # what its words need; no personal datum
    staff: Mapped[str | None]


class FollowUpRow(Row):
    """Whether someone who found work still has it, 1, 3 and 6 months on."""

    __tablename__ = "followups"
    __table_args__ = (UniqueConstraint("seeker_id", "since", "months"), Index(None, "due"))

    seeker_id: Mapped[int]
    application_id: Mapped[int | None]
    since: Mapped[date]  # the first day in work
    months: Mapped[int]
    due: Mapped[date]
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # "working", "changed", "out_of_work"
    answered_at: Mapped[datetime | None]
