"""Openings as they go in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from bot.api.models import Given, Text, Told
from bot.console.directory import Directory
from bot.jobs.fields import LONGEST_STORY, MOST_PEOPLE
from bot.jobs.postings import LONGEST
from bot.jobs.wording import Flag
from bot.records.leaves import LAST
from dialogs.work import Opening, OpeningState, PayUnit, WorkType

_LONGEST_WORD = 60  # characters


class OpeningGiven(Given):
    """An opening, by the rules that files of openings are read by."""

    title: Text = Field(min_length=1, max_length=LONGEST["title"])
    employer: Text = Field(min_length=1, max_length=LONGEST["employer"])
    county: Text = Field(min_length=1, max_length=_LONGEST_WORD)
    town: Text = Field("", max_length=_LONGEST_WORD)
    address: Text = Field("", max_length=LONGEST["address"])
    occupation: Text = Field("", max_length=_LONGEST_WORD)
    pay: Text = Field("", max_length=_LONGEST_WORD)
    work_type: WorkType = WorkType.FULL_TIME
    headcount: int | None = Field(None, ge=1, le=MOST_PEOPLE)
    housing: bool | None = None
    meals: bool | None = None
    hours: Text = Field("", max_length=LONGEST["hours"])
    requirements: Text = Field("", max_length=LONGEST_STORY)
    description: Text = Field("", max_length=LONGEST_STORY)
    contact: Text = Field("", max_length=LONGEST["contact"])
    phone: Text = Field("", max_length=_LONGEST_WORD)
    published: date | None = None
    expires: date | None = None
    endless: bool = False

    def as_form(self, directory: Directory) -> dict[str, str]:
        """The fields as a form has them."""
        say = directory.words.say
        yes_no = {True: say("openings.given"), False: say("openings.not_given"), None: ""}
        cells = {name: str(value or "") for name, value in self.model_dump().items()}
        endless = say("openings.endless") if self.endless else cells["expires"]
        given = {"housing": yes_no[self.housing], "meals": yes_no[self.meals], "expires": endless}
        return {**cells, **given}


class OpeningsAsked(Given):
    """Which openings; what is not said does not matter."""

    state: OpeningState | None = None
    county: Text | None = Field(None, max_length=_LONGEST_WORD)
    town: Text | None = Field(None, max_length=_LONGEST_WORD)
    trade: Text | None = Field(None, max_length=_LONGEST_WORD)
    work_type: WorkType | None = None
    text: Text = Field("", max_length=_LONGEST_WORD)
    flagged: bool = False
    expires_by: date | None = None
    page: int = Field(1, ge=1, le=LAST)
    size: int = Field(50, ge=1, le=100)


class FlagTold(Told):
    """A passage of an opening that staff should look at."""

    passage: str
    told: str


class OpeningTold(Told):
    """An opening as it stands."""

    number: int
    reference: str | None
    state: OpeningState
    title: str
    employer: str
    occupation: str | None
    county: str | None
    town: str | None
    away: str | None
    address: str | None
    pay: str
    pay_min: int | None
    pay_max: int | None
    pay_unit: PayUnit | None
    work_type: WorkType
    headcount: int | None
    housing: bool | None
    meals: bool | None
    hours: str | None
    requirements: str
    description: str
    contact: str | None
    phone: str | None
    published: date
    expires: date | None
    flags: list[FlagTold]

    @classmethod
    def of(cls, it: Opening, references: Mapping[int, str], directory: Directory) -> OpeningTold:
        """What is told of an opening; `references`: the bureau's own numbers, by ours."""
        flags = [Flag.read(flag) for flag in it.flags]
        return cls(
            number=it.number, reference=references.get(it.number), state=it.state, title=it.title,
            employer=it.employer, occupation=it.occupation, county=it.county, town=it.town,
            away=it.away, address=it.address, pay=directory.books.pay(it), pay_min=it.pay_min,
            pay_max=it.pay_max, pay_unit=it.pay_unit, work_type=it.work_type,
            headcount=it.headcount, housing=it.housing, meals=it.meals, hours=it.hours,
            requirements=it.requirements, description=it.description, contact=it.contact,
            phone=it.phone, published=it.published, expires=it.expires,
            flags=[FlagTold(passage=flag.passage, told=directory.why(flag)) for flag in flags],
        )  # fmt: skip


class OpeningsTold(Told):
    """A page of openings."""

    openings: list[OpeningTold]
    total: int
    is_counted: bool
    page: int
    has_next: bool
