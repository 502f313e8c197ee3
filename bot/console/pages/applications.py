"""The board of applications: who is interested in what, step by step."""

from __future__ import annotations

from bot.console.pages.home import Waiting
from bot.console.visit import EVERYBODY, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.console.work_filters import one_of
from bot.masking import without_secrets
from bot.records.applicants import Applicant, Applicants
from bot.records.applications import UNDER_WAY, Applications
from dialogs.work import Step

APPLICATIONS = "/console/applications"
COLUMNS = (Step.NEW, Step.PASSED_ON, Step.INTERVIEW, Step.HIRED, Step.REFUSED)
_A_COLUMN = 100
_LONGEST = 300  # characters of what the seeker is told


class ApplicationPages:
    """Every application under way, and what came of the others."""

    def __init__(self, applications: Applications, applicants: Applicants) -> None:
        self._applications = applications
        self._applicants = applicants

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        move = f"{APPLICATIONS}/{{number}}/move"
        return (
            Route(
                "GET", APPLICATIONS, self.show_all, EVERYBODY,
                title="work.nav_applications", act="applications_read",
            ),
            Route("POST", move, self.move, EVERYBODY, act="application_moved"),
        )  # fmt: skip

    def waiting(self) -> Waiting:
        """How many nobody has looked at, for the first page."""

        async def count(visit: Visit) -> int:
            return (await self._applicants.count(visit.scope)).get(Step.NEW, 0)

        return Waiting("work.home_applications", APPLICATIONS, EVERYBODY, count)

    async def show_all(self, visit: Visit) -> Answer:
        """A column a step. Name and telephone stand there for whoever agreed that the employer may
        have them, and masked for everybody else."""
        columns = [
            (step, await self._applicants.at(step, visit.scope, _A_COLUMN)) for step in COLUMNS
        ]
        counts = await self._applicants.count(visit.scope)
        facts = {
            "columns": columns,
            "counts": {step: counts.get(step, 0) for step in Step},
            "steps": COLUMNS,
            "under_way": UNDER_WAY,
        }
        return Page("applications.html.j2", facts)

    async def move(self, visit: Visit) -> Answer:
        """It has come to another step; the seeker hears of it."""
        applicant, step = await self._applicant(visit), one_of(Step, visit.form.get("step"))
        application = applicant.application
        if step not in COLUMNS:
            raise Refused("work.move_where")
        if application.step.value != visit.form.get("from"):
            raise Refused("work.moved_meanwhile")
        if application.step in (Step.WITHDRAWN, Step.FILLED) or step is application.step:
            raise Refused("work.move_where")
        note = without_secrets(visit.form.get("note", "").strip()[:_LONGEST]) or None
        await self._applications.move(application.number, step, note, visit.member.login)
        visit.detail.update(step=step.value)
        return Redirect(APPLICATIONS, "saved")

    async def _applicant(self, visit: Visit) -> Applicant:
        found = await self._applicants.get(visit.number(), visit.scope)
        if found is None:
            raise NotThere
        return found
