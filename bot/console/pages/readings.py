"""What supervisors do with conversations: score, label, note, follow up, draw samples."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from random import Random

from bot.console.filters import LONGEST, Filters
from bot.console.html import plain
from bot.console.pages.home import Waiting
from bot.console.pages.talks import TALKS
from bot.console.visit import SUPERVISORS, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.records.days import day_of, monday_of
from bot.records.readings import BEST, CRITERIA, Readings
from bot.records.samples import MOST_A_WEEK, NameTaken, Plan, Samples
from bot.records.talks import Talk, Talks

PLANS = "/console/plans"
POINTS = "/console/points"
_LONGEST_NOTE = 2000
_COMPARED = timedelta(days=180)


class ReadingPages:
    """Judging, and what is to be judged."""

    def __init__(self, talks: Talks, readings: Readings, samples: Samples, random: Random) -> None:
        self._talks = talks
        self._readings = readings
        self._samples = samples
        self._random = random

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""

        def change(what: str, handler: Callable[[Visit], Awaitable[Answer]]) -> Route:
            path = f"{TALKS}/{{number}}/{what}"
            return Route("POST", path, handler, SUPERVISORS, act=f"talk_{what}")

        def act(path: str, handler: Callable[[Visit], Awaitable[Answer]], name: str) -> Route:
            return Route("POST", path, handler, SUPERVISORS, act=name)

        return (
            change("score", self.score),
            change("label", self.label),
            change("note", self.note),
            change("done", self.done),
            change("unread", self.unread),
            Route("GET", POINTS, self.show_points, SUPERVISORS, title="review.nav_points"),
            Route("GET", PLANS, self.show_plans, SUPERVISORS, title="review.nav_plans"),
            act(PLANS, self.add_plan, "plan_added"),
            act(f"{PLANS}/{{number}}/draw", self.draw, "plan_drawn"),
            act(f"{PLANS}/{{number}}/end", self.end_plan, "plan_ended"),
        )

    def waiting(self) -> Waiting:
        """How many points are open, for the first page."""

        async def count(visit: Visit) -> int:
            return len(await self._readings.open_points(visit.scope))

        return Waiting("review.home_points", POINTS, SUPERVISORS, count)

    async def score(self, visit: Visit) -> Answer:
        """One's own verdict; another supervisor's stays beside it."""
        talk = await self._talk(visit)
        given = [visit.form.get(name, "") for name in CRITERIA]
        allowed = {str(mark) for mark in range(BEST + 1)}
        if not set(given) <= allowed:
            raise Refused("review.score_all")
        await self._readings.mark(talk, visit.member.login, [int(mark) for mark in given])
        visit.detail.update(marks=",".join(given))
        return self._back(visit, talk)

    async def label(self, visit: Visit) -> Answer:
        """A label on, or off again."""
        talk = await self._talk(visit)
        label, off = (plain(visit.form.get(it, "").strip()[:40]) for it in ("label", "off"))
        if off:
            await self._readings.unlabel(talk, off)
        elif label:
            await self._readings.label(talk, label)
        return self._back(visit, talk)

    async def note(self, visit: Visit) -> Answer:
        """A note; with a day, something to be done by then."""
        talk = await self._talk(visit)
        text = visit.form.get("text", "").strip()[:_LONGEST_NOTE]
        if not text:
            raise Refused("review.note_empty")
        due = visit.form.get("due", "")
        await self._readings.write(talk, visit.member.login, text, _day(due) if due else None)
        return self._back(visit, talk)

    async def done(self, visit: Visit) -> Answer:
        """A point of it is done."""
        talk, point = await self._talk(visit), visit.form.get("point", "")
        if not point.isdecimal() or len(point) > 18:
            raise NotThere
        await self._readings.done(int(point), talk.number, visit.member.login)
        return self._back(visit, talk)

    async def unread(self, visit: Visit) -> Answer:
        """Back among those nobody has read."""
        talk = await self._talk(visit)
        await self._talks.unread(talk.number)
        return Redirect(f"{TALKS}?{Filters.read(visit.form).address()}", "saved")

    async def show_points(self, visit: Visit) -> Answer:
        """What is to be done."""
        points = await self._readings.open_points(visit.scope)
        facts = {"points": points, "today": day_of(visit.now)}
        return Page("points.html.j2", facts)

    async def show_plans(self, visit: Visit) -> Answer:
        """The plans with what they drew, and how far readers agree."""
        plans = await self._samples.plans()
        rows = [(plan, await self._samples.drawn(plan.number, visit.scope)) for plan in plans]
        agreements = await self._readings.agreement(visit.now - _COMPARED, visit.scope)
        return Page("plans.html.j2", {"rows": rows, "agreements": agreements})

    async def add_plan(self, visit: Visit) -> Answer:
        """A new one."""
        form = visit.form
        name, a_week, share = (form.get(it, "").strip() for it in ("name", "a_week", "unanswered"))
        if not name or not _within(a_week, 1, MOST_A_WEEK) or not _within(share, 0, 100):
            raise Refused("review.plan_needs", most=MOST_A_WEEK)
        try:
            await self._samples.add(name[:LONGEST], int(a_week), int(share), visit.member.login)
        except NameTaken:
            raise Refused("review.plan_taken", name=name) from None
        visit.detail.update(name=name[:LONGEST])
        return Redirect(PLANS, "saved")

    async def draw(self, visit: Visit) -> Answer:
        """Draw of the week that is asked for: this one, or the last."""
        plan = await self._plan(visit)
        week = monday_of(day_of(visit.now))
        if visit.form.get("week") == "last":
            week -= timedelta(days=7)
        drawn = await self._samples.draw(plan, week, self._random)
        visit.detail.update(drawn=drawn)
        return Redirect(f"{TALKS}?plan={plan.number}&begin={week}&end={week + timedelta(days=6)}")

    async def end_plan(self, visit: Visit) -> Answer:
        """No more of it."""
        await self._samples.end((await self._plan(visit)).number)
        return Redirect(PLANS, "saved")

    async def _talk(self, visit: Visit) -> Talk:
        talk = await self._talks.get(visit.number(), visit.scope)
        if talk is None:
            raise NotThere
        return talk

    async def _plan(self, visit: Visit) -> Plan:
        number = visit.number()
        found = [it for it in await self._samples.plans() if it.number == number]
        if not found:
            raise NotThere
        return found[0]

    def _back(self, visit: Visit, talk: Talk) -> Redirect:
        return Redirect(f"{TALKS}/{talk.number}?{Filters.read(visit.form).address()}", "saved")


def _within(text: str, least: int, most: int) -> bool:
    return text.isdecimal() and len(text) < 9 and least <= int(text) <= most


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("review.due_unclear") from None
