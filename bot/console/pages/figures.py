"""The dashboard: today and trends, each number with its meaning and its conversations; and the
month's report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bot.console.charts import Chart, chart
from bot.console.filters import Filters
from bot.console.pages.talks import TALKS
from bot.console.visit import SUPERVISORS, Answer, Download, Page, Route, Visit
from bot.records.crowds import Kind
from bot.records.days import Period, day_of, month_of, next_month
from bot.records.figures import Counts, Figures
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
_OUTCOMES = ("answered", "choices", "declined", "handoffs")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Words = Callable[[], Mapping[str, str]]


class FigurePages:
    """Looking at the figures."""

    def __init__(self, figures: Figures, work: WorkFigures, words: Words) -> None:
        """`words`: the names of the figures, for the sheets."""
        self._figures = figures
        self._work = work
        self._words = words

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("GET", FIGURES, self.show, SUPERVISORS, title="review.nav_figures"),
            Route("GET", f"{FIGURES}/report", self.report, SUPERVISORS),
            Route("GET", f"{FIGURES}/report.xlsx", self.sheet, SUPERVISORS, act="report_taken"),
        )

    async def show(self, visit: Visit) -> Answer:
        """Today, and the days that are asked for."""
        today = day_of(visit.now)
        period = _period(Filters.read(visit.query), today)
        facts = {
            "today": today,
            "now_counts": await self._figures.counts(Period(today, today), visit.scope),
            **await self._facts(visit, period),
        }
        return Page("figures.html.j2", facts)

    async def report(self, visit: Visit) -> Answer:
        """A month on paper."""
        month = _month(visit)
        facts = await self._facts(visit, _whole(month))
        before = month_of(month - timedelta(days=1))
        return Page("report.html.j2", {"month": month, "previous": before, **facts})

    async def sheet(self, visit: Visit) -> Answer:
        """A month as a workbook."""
        month, words = _month(visit), self._words()
        facts = await self._facts(visit, _whole(month))
        body = await asyncio.to_thread(write_book, _sheets(facts, words))
        visit.detail.update(month=f"{month:%Y-%m}")
        return Download(f"164-{month:%Y-%m}.xlsx", _XLSX, body)

    async def _facts(self, visit: Visit, period: Period) -> dict[str, object]:
        figures, scope = self._figures, visit.scope
        by_day, until = await figures.by_day(period, scope), await figures.tallied_until()
        return {
            "period": period,
            "names": NAMES,
            "counts": await figures.counts(period, scope),
            "by_day": by_day,
            "by_channel": await figures.by_channel(period, scope),
            "by_county": await figures.by_county(period, scope),
            "first_response": await figures.first_response(period, scope),
            "work": await self._work.work(period, scope),
            "retained": await self._work.retained(period, scope),
            "visitors_chart": _chart(by_day, ("visitors",), until),
            "outcomes_chart": _chart(by_day, _OUTCOMES, until),
            "link": link,
            "crowd": crowd,
            "tallied_until": until,
        }


def link(name: str, begin: date, end: date, **more: str) -> str:
    """The address of the conversations behind a number."""
    return f"{TALKS}?" + Filters({**BEHIND[name], **more}).address(begin=begin, end=end)


def crowd(kind: str, period: Period, number: int = 0) -> str:
    """The address of the conversations of those behind a number of what people did."""
    days = {"from": str(period.begin), "to": str(period.end)}
    which = {"which": str(number)} if number else {}
    return f"{TALKS}?" + Filters({"whose": Kind(kind).value, **which, **days}).address()


def _chart(by_day: Mapping[date, Counts], names: tuple[str, ...], until: date | None) -> Chart:
    """Each bar leads to its conversations, unless those of the days up to `until` are deleted."""
    behind = names[0] if len(names) == 1 else "talks"
    rows = [
        (f"{day:%m-%d}", "" if until and day <= until else link(behind, day, day),
         [getattr(counts, name) for name in names])
        for day, counts in by_day.items()
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
