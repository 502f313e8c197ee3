"""The dashboard: today and trends, each number with its meaning and its conversations; and the
month's report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.console.charts import Chart, chart
from bot.console.filters import Filters
from bot.console.pages.talks import TALKS
from bot.console.visit import SUPERVISORS, Answer, Download, Page, Route, Visit
from bot.records.crowds import Kind
from bot.records.days import Period, day_of, month_of, next_month
from bot.records.figures import Asked, Counts, Figures, Told
from bot.records.work_figures import WorkFigures
from bot.sheets import Sheet, write_book
from bot.sheets.cells import Cell

FIGURES = "/console/figures"
_TREND = 30  # days
_LONGEST = 366  # days
NAMES = ("visitors", "talks", "turns", "answered", "choices", "declined", "handoffs", "useful",
         "useless", "undelivered")  # fmt: skip
# What the list of conversations is filtered by to show those behind a number.
BEHIND: dict[str, dict[str, str]] = {
    "visitors": {},
    "talks": {},
    "turns": {},
    "answered": {"outcome": "answered"},
    "choices": {"outcome": "choices"},
    "declined": {"outcome": "declined"},
    "handoffs": {"outcome": "handoff"},
    "useful": {"rating": "useful"},
    "useless": {"rating": "useless"},
    "undelivered": {"mark": "undelivered"},
}
_NARROWING = ("county", "channel")
_OUTCOMES = ("answered", "choices", "declined", "handoffs")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Words = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Behind:
    """The addresses of the conversations behind the numbers of a page."""

    asked: Asked
    filters: Mapping[str, str]  # those that the numbers are of, too

    def link(self, name: str, begin: date, end: date, **more: str) -> str:
        """Of a number of conversations."""
        given = {**self.filters, **BEHIND[name], **more}
        return f"{TALKS}?" + Filters(given).address(begin=begin, end=end)

    def crowd(self, kind: str, number: int = 0) -> str:
        """Of those behind a number of what people did."""
        period = self.asked.period
        days = {"from": str(period.begin), "to": str(period.end)}
        which = {"which": str(number)} if number else {}
        county = {name: it for name, it in self.filters.items() if name == "county"}
        given = {**county, "whose": Kind(kind).value, **which, **days}
        return f"{TALKS}?" + Filters(given).address()


class FigurePages:
    """Looking at the figures."""

    def __init__(
        self,
        figures: Figures,
        work: WorkFigures,
        words: Words,
        counties: Sequence[str],
        channels: Sequence[str],
    ) -> None:
        """`words`: the names of the figures, for the sheets."""
        self._figures = figures
        self._work = work
        self._words = words
        self._counties = counties
        self._channels = channels

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("GET", FIGURES, self.show, SUPERVISORS, title="review.nav_figures"),
            Route("GET", f"{FIGURES}/report", self.report, SUPERVISORS),
            Route("GET", f"{FIGURES}/report.xlsx", self.sheet, SUPERVISORS, act="report_taken"),
        )

    async def show(self, visit: Visit) -> Answer:
        """Today, and the days that are asked for."""
        today, filters = day_of(visit.now), Filters.read(visit.query)
        given = {name: it for name, it in filters.given.items() if name in _NARROWING}
        scope = visit.scope.narrowed(given.get("county", ""))
        asked = Asked(_period(filters, today), scope, given.get("channel", ""))
        told = await self._figures.of(asked)
        now_counts = told.by_day.get(today)
        if now_counts is None:
            of_today = replace(asked, period=Period(today, today))
            now_counts = (await self._figures.of(of_today)).total
        facts = {
            "today": today,
            "now_counts": now_counts,
            "filters": given,
            "counties": sorted(visit.scope.counties) or self._counties,
            "channels": self._channels,
            **await self._facts(asked, told, given),
        }
        return Page("figures.html.j2", facts)

    async def report(self, visit: Visit) -> Answer:
        """A month on paper."""
        month = _month(visit)
        before = month_of(month - timedelta(days=1))
        facts = await self._of_month(visit, month)
        return Page("report.html.j2", {"month": month, "previous": before, **facts})

    async def sheet(self, visit: Visit) -> Answer:
        """A month as a workbook."""
        month, words = _month(visit), self._words()
        facts = await self._of_month(visit, month)
        body = await asyncio.to_thread(write_book, _sheets(facts, words))
        visit.detail.update(month=f"{month:%Y-%m}")
        return Download(f"164-{month:%Y-%m}.xlsx", _XLSX, body)

    async def _of_month(self, visit: Visit, month: date) -> dict[str, object]:
        asked = Asked(_whole(month), visit.scope)
        return await self._facts(asked, await self._figures.of(asked), {})

    async def _facts(
        self, asked: Asked, told: Told, filters: Mapping[str, str]
    ) -> dict[str, object]:
        period, scope, behind = asked.period, asked.scope, Behind(asked, filters)
        return {
            "period": period,
            "names": NAMES,
            "counts": told.total,
            "by_day": told.by_day,
            "by_channel": told.by_channel,
            "by_county": told.by_county,
            "first_response": told.first_response,
            "work": await self._work.work(period, scope),
            "retained": await self._work.retained(period, scope),
            "visitors_chart": _chart(told, ("visitors",), behind),
            "outcomes_chart": _chart(told, _OUTCOMES, behind),
            "link": behind.link,
            "crowd": behind.crowd,
            "kept_until": told.kept_until,
        }


def _chart(told: Told, names: tuple[str, ...], behind: Behind) -> Chart:
    """Each bar leads to its conversations, unless they are deleted."""
    shown, until = names[0] if len(names) == 1 else "talks", told.kept_until
    rows = [
        (f"{day:%m-%d}", "" if until and day <= until else behind.link(shown, day, day),
         [getattr(counts, name) for name in names])
        for day, counts in told.by_day.items()
    ]  # fmt: skip
    return chart(names, rows)


def _period(filters: Filters, today: date) -> Period:
    sought = filters.sought
    end = min(sought.end or today, today)
    begin = sought.begin or end - timedelta(days=_TREND - 1)
    return Period(max(min(begin, end), end - timedelta(days=_LONGEST - 1)), end)


def _month(visit: Visit) -> date:
    """The month that is asked for, else the last whole one."""
    try:
        return month_of(date.fromisoformat(f"{visit.query.get('month', '')}-01"))
    except ValueError:
        return month_of(month_of(day_of(visit.now)) - timedelta(days=1))


def _whole(month: date) -> Period:
    return Period(month, next_month(month) - timedelta(days=1))


def _sheets(facts: Mapping[str, object], words: Mapping[str, str]) -> list[Sheet]:
    header = tuple(words[name] for name in NAMES)
    sheets = [_total(facts, words)]
    for key, name in (("by_day", "day"), ("by_county", "county"), ("by_channel", "channel")):
        grouped = facts[key]
        assert isinstance(grouped, dict)
        rows: list[list[Cell]] = [[group or words["unknown"], *_values(counts)]
                                  for group, counts in grouped.items()]  # fmt: skip
        sheets.append(Sheet(words[name], (words[name], *header), rows))
    return sheets


def _total(facts: Mapping[str, object], words: Mapping[str, str]) -> Sheet:
    counts = facts["counts"]
    assert isinstance(counts, Counts)
    told = dict(zip(NAMES, _values(counts), strict=True))
    rows = [[words[name], value, words[f"means_{name}"]] for name, value in told.items()]
    header = (words["figure"], words["value"], words["means"])
    return Sheet(words["total"], header, rows)


def _values(counts: Counts) -> list[Cell]:
    return [getattr(counts, name) for name in NAMES]
