"""The filters of openings and seekers, read out of an address, and addresses with filters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from multidict import MultiMapping

from bot.clock import ZONE
from bot.console.directory import Directory
from bot.console.visit import Visit
from bot.records.lists import Filter
from bot.records.seekers import State
from bot.records.supply import Wanted
from dialogs.jobs import Search
from dialogs.work import OpeningState, WorkType

SOON = timedelta(7)  # within which an opening is about to expire
LONGEST = 60  # characters of a filter
LONGEST_QUERY = 1500
_PAGE = "page"

E = TypeVar("E", bound=StrEnum)


def today(visit: Visit) -> date:
    """The day, here."""
    return visit.now.astimezone(ZONE).date()


def said(query: MultiMapping[str], name: str) -> str | None:
    """What a filter says; None when it is empty."""
    return query.get(name, "").strip()[:LONGEST] or None


def one_of(kind: type[E], text: str | None) -> E | None:
    """The value, if there is such a one."""
    return next((it for it in kind if it.value == text), None)


def a_day(text: str | None) -> date | None:
    """The day that is written as 2026-03-01, if it is one that a calendar here may hold."""
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None


def page_number(query: MultiMapping[str]) -> int:
    """Which page is asked for, from 1."""
    text = query.get(_PAGE, "")
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def kept(query: MultiMapping[str]) -> str:
    """The filters as they stand in an address, without the page."""
    return cleaned(urlencode([it for it in query.items() if it[1].strip()]))


def cleaned(query: str) -> str:
    """Filters from anywhere as they may stand in an address."""
    pairs = parse_qsl(query[:LONGEST_QUERY])
    return urlencode([(name, value) for name, value in pairs if name != _PAGE])


def page_of(query: MultiMapping[str], number: int) -> str:
    """The query of another page of the same list."""
    filters = kept(query)
    return f"?{filters}&{_PAGE}={number}" if filters else f"?{_PAGE}={number}"


def openings_in(visit: Visit, directory: Directory) -> Wanted:
    """Which openings an address means."""
    query = visit.query
    county, town = said(query, "county"), said(query, "town")
    trade = directory.trade(said(query, "trade"))
    search = Search(
        counties=(county,) if county else directory.counties_with(town),
        towns=(town,) if town else (),
        occupations=(trade,) if trade else (),
        work_type=one_of(WorkType, said(query, "kind")),
        words=tuple((said(query, "words") or "").split()),
    )
    return Wanted(
        search,
        state=one_of(OpeningState, said(query, "state")),
        is_flagged=said(query, "flagged") is not None,
        expires_by=today(visit) + SOON if said(query, "soon") else None,
    )


def people_in(visit: Visit, directory: Directory) -> Filter:
    """Which seekers an address means."""
    query = visit.query
    return Filter(
        county=said(query, "county"),
        town=said(query, "town"),
        category=said(query, "category"),
        station=said(query, "station"),
        officer=said(query, "officer"),
        state=one_of(State, said(query, "state")),
        trade=directory.trade(said(query, "trade")),
        since=_begin(a_day(said(query, "since"))),
        until=_begin(a_day(said(query, "until")), after=timedelta(1)),
        is_short=said(query, "short") is not None,
        due_by=today(visit) if said(query, "due") else None,
    )


def _begin(day: date | None, after: timedelta = timedelta()) -> datetime | None:
    return None if day is None else datetime.combine(day + after, time.min, ZONE)
