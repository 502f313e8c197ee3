"""The vocabulary of work: what a seeker wishes for, what an opening offers, how the two fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ANYWHERE = "*"  # in `Wish.away`: whatever place outside Xingtai


class PayUnit(StrEnum):
    """What a sum of pay is for."""

    MONTH = "月"
    DAY = "天"
    HOUR = "时"
    PIECE = "件"


class WorkType(StrEnum):
    """The kind of work."""

    FULL_TIME = "全职"
    PART_TIME = "兼职"
    AT_HOME = "居家"
    SHORT = "短期"
    WELFARE = "公益性岗位"


class Pace(StrEnum):
    """How often a seeker wants to hear of openings unasked."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class OpeningState(StrEnum):
    """Whether an opening may be offered."""

    OPEN = "open"
    HELD = "held"  # its wording is doubtful: staff must look at it first
    FILLED = "filled"
    CLOSED = "closed"  # withdrawn or past its last day


class Step(StrEnum):
    """How far an application has come."""

    NEW = "new"
    PASSED_ON = "passed_on"  # the employer has it
    INTERVIEW = "interview"
    HIRED = "hired"
    REFUSED = "refused"
    FILLED = "filled"  # the place was taken by somebody else
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wish:
    """The work somebody wants; what is empty or None they did not say, and anything will do."""

    occupations: tuple[str, ...] = ()  # names of content/directory/occupations.csv
    counties: tuple[str, ...] = ()  # of Xingtai, by today's full names: "南和区"
    towns: tuple[str, ...] = ()  # full names: "段芦头镇"
    away: tuple[str, ...] = ()  # places outside Xingtai, or (ANYWHERE,)
    pay_min: int | None = None  # yuan
    pay_unit: PayUnit | None = None
    work_type: WorkType | None = None
    housing: bool | None = None  # lodging is given
    meals: bool | None = None
    hours: str | None = None  # in the seeker's words: "晚上"
    age: int | None = None  # years, only if offered
    training: str | None = None  # what they want to learn


@dataclass(frozen=True, slots=True)
class Opening:
    """A job posting. Contact data of the employer are business data and may be shown."""

    number: int
    title: str
    employer: str
    published: date
    digest: str = ""  # changes when a seeker would want to know of it anew
    occupation: str | None = None
    county: str | None = None  # of Xingtai; None when it is elsewhere
    town: str | None = None
    away: str | None = None  # the place when it is outside Xingtai
    address: str | None = None
    pay_min: int | None = None  # yuan
    pay_max: int | None = None
    pay_unit: PayUnit | None = None
    work_type: WorkType = WorkType.FULL_TIME
    housing: bool | None = None
    meals: bool | None = None
    hours: str | None = None
    headcount: int | None = None
    description: str = ""
    requirements: str = ""
    contact: str | None = None
    phone: str | None = None
    flags: tuple[str, ...] = ()
    state: OpeningState = OpeningState.OPEN
    expires: date | None = None  # the last day on which it is offered
    is_example: bool = False

    def may_be_offered(self, today: date) -> bool:
        """Whether a seeker may hear of it on that day."""
        return self.state is OpeningState.OPEN and (self.expires is None or today <= self.expires)


@dataclass(frozen=True, slots=True)
class Match:
    """An opening that fits a wish, and why."""

    opening: Opening
    score: float  # 0..1, higher fits better
    reasons: tuple[str, ...]  # keys of content/replies/matching.yaml, rendered with `facts`
    widened: tuple[str, ...] = ()  # what of the wish was let go, likewise; empty: it fits exactly
    facts: Mapping[str, object] = field(default_factory=dict)
