"""What found no answer, and how it gets one: a change of the content that two people look at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from bot.console.pages.home import Waiting
from bot.console.visit import SUPERVISORS, Answer, NotThere, Page, Redirect, Refused, Route, Visit
from bot.knowledge.clusters import Asked, Cluster, masked
from bot.knowledge.drafts import (
    NoPlace,
    difference,
    file_of,
    id_for,
    new_policy,
    title_in,
    with_questions,
)
from bot.knowledge.finding import Finding
from bot.knowledge.folder import LARGEST, ChangedMeanwhile, Folder
from bot.knowledge.policies import Part
from bot.records.changes import AlreadyDecided, Change, Changes, State
from bot.records.days import day_of
from bot.records.unanswered import Unanswered

UNANSWERED = "/console/unanswered"
CHANGES = "/console/changes"
_DAYS = (7, 30, 90)
_SHOWN = 100  # clusters
_MOST_QUESTIONS = 12  # of a cluster, that a change should answer
_LONGEST_TITLE = 60  # characters
_BODY = 4 * LARGEST  # a form's letters may take three bytes for one

Clustered = Callable[[Sequence[Asked]], list[Cluster]]
Titles = Callable[[], Mapping[str, str]]
Told = Callable[[Finding], str]


class UnansweredPages:
    """From a question without an answer to one with it."""

    def __init__(
        self,
        unanswered: Unanswered,
        changes: Changes,
        folder: Folder,
        clustered: Clustered,
        titles: Titles,
        headings: Callable[[], Mapping[Part, str]],
        told: Told,
    ) -> None:
        """`titles`: of the policies, by their ids; `told`: a finding in words."""
        self._unanswered = unanswered
        self._changes = changes
        self._folder = folder
        self._clustered = clustered
        self._titles = titles
        self._headings = headings
        self._told = told

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{CHANGES}/{{number}}"

        def change(path: str, handler: Callable[[Visit], Awaitable[Answer]], act: str) -> Route:
            return Route("POST", path, handler, SUPERVISORS, act=act, largest_body=_BODY)

        return (
            Route("GET", UNANSWERED, self.show_all, SUPERVISORS, title="review.nav_unanswered"),
            change(f"{UNANSWERED}/write", self.write, "change_begun"),
            Route("GET", CHANGES, self.show_changes, SUPERVISORS, title="review.nav_changes"),
            change(CHANGES, self.propose, "change_proposed"),
            Route("GET", one, self.show, SUPERVISORS),
            change(f"{one}/approve", self.approve, "change_approved"),
            change(f"{one}/reject", self.reject, "change_rejected"),
        )

    def waiting(self) -> Waiting:
        """How many changes wait for this person, for the first page."""

        async def count(visit: Visit) -> int:
            return await self._changes.waiting(visit.member.login)

        return Waiting("review.home_changes", CHANGES, SUPERVISORS, count)

    async def show_all(self, visit: Visit) -> Answer:
        """Clusters, the most asked first."""
        given = visit.query.get("days", "")
        days = int(given) if given in map(str, _DAYS) else _DAYS[1]
        since = visit.now - timedelta(days=days)
        rows = await self._unanswered.since(since, visit.scope)
        asked = [Asked(row.question, row.at, row.visitor) for row in rows]
        found = await asyncio.to_thread(self._clustered, asked)
        facts = {
            "clusters": found[:_SHOWN],
            "all": len(found),
            "asked": len(asked),
            "days": days,
            "choices": _DAYS,
            "policies": self._titles(),
        }
        return Page("unanswered.html.j2", facts)

    async def write(self, visit: Visit) -> Answer:
        """The file to be changed, with the questions in it, to be worked on."""
        questions, title = _questions(visit), " ".join(visit.form.get("title", "").split())
        policy = visit.form.get("policy", "")
        if not policy and title:
            policy = id_for(title[:_LONGEST_TITLE], self._titles())
        file = file_of(policy)
        if not questions or file is None:
            raise Refused("review.change_needs")
        before = await self._folder.read(file)
        if before is None:
            begun = (policy, title[:_LONGEST_TITLE], questions)
            text = new_policy(*begun, self._headings(), day_of(visit.now))
        else:
            text = _continued(before, questions)
        visit.detail.update(file=file)
        return Page("write.html.j2", {"title": title_in(text), "text": text, "policy": policy,
                                      "questions": questions, "findings": []})  # fmt: skip

    async def propose(self, visit: Visit) -> Answer:
        """For somebody else to look at, if it can be served."""
        policy, questions = visit.form.get("policy", ""), _questions(visit)
        text = visit.form.get("text", "").replace("\r\n", "\n")
        file = file_of(policy)
        if file is None or not text.strip() or len(text.encode("utf-8", "replace")) > LARGEST:
            raise Refused("review.change_needs")
        before = await self._folder.read(file)
        if text == before:
            raise Refused("review.change_nothing")
        trial = await self._folder.attempt(file, text, questions)
        if not trial.is_sound:
            facts = {
                "title": title_in(text),
                "text": text,
                "policy": policy,
                "questions": questions,
                "findings": [self._told(it) for it in trial.findings],
            }
            return Page("write.html.j2", facts, status=409)
        number = await self._changes.propose(visit.member.login, file, before, text, questions)
        visit.detail.update(file=file, change=number)
        return Redirect(f"{CHANGES}/{number}", "saved")

    async def show_changes(self, visit: Visit) -> Answer:
        """Every change, those that wait first."""
        changes = [(it, title_in(it.after)) for it in await self._changes.latest()]
        return Page("changes.html.j2", {"changes": changes})

    async def show(self, visit: Visit) -> Answer:
        """What would change, or has."""
        return await self._page(visit, await self._change(visit))

    async def approve(self, visit: Visit) -> Answer:
        """Put in force what somebody else proposed."""
        change = await self._change(visit)
        if change.staff == visit.member.login:
            raise Refused("review.change_own")
        trial = await self._folder.attempt(change.file, change.after, change.questions)
        if not trial.is_sound:
            raise Refused("review.change_unsound")
        await self._decide(visit, change, State.APPLIED)
        try:
            await self._folder.write(change.file, change.before, change.after)
        except ChangedMeanwhile:
            await self._changes.undo(change.number)
            raise Refused("review.change_meanwhile") from None
        except OSError:
            await self._changes.undo(change.number)
            raise Refused("review.change_no_folder") from None
        visit.detail.update(file=change.file)
        return Redirect(f"{CHANGES}/{change.number}", "saved")

    async def reject(self, visit: Visit) -> Answer:
        """It is not done; whoever proposed it may take it back so, too."""
        change = await self._change(visit)
        await self._decide(visit, change, State.REJECTED)
        return Redirect(CHANGES, "saved")

    async def _decide(self, visit: Visit, change: Change, state: State) -> None:
        try:
            await self._changes.decide(change.number, visit.member.login, state)
        except AlreadyDecided:
            raise Refused("review.change_decided") from None

    async def _page(self, visit: Visit, change: Change) -> Page:
        facts: dict[str, object] = {
            "change": change,
            "title": title_in(change.after),
            "lines": difference(change.before, change.after),
            "policies": self._titles(),
            "is_own": change.staff == visit.member.login,
            "findings": [],
        }
        if change.state is State.PROPOSED:
            trial = await self._folder.attempt(change.file, change.after, change.questions)
            findings = [self._told(it) for it in trial.findings]
            return Page("change.html.j2", {**facts, "told": trial.told, "findings": findings})
        now = await self._folder.answers(change.questions)
        told = [(it, None, each) for it, each in zip(change.questions, now, strict=True)]
        return Page("change.html.j2", {**facts, "told": told})

    async def _change(self, visit: Visit) -> Change:
        change = await self._changes.get(visit.number())
        if change is None:
            raise NotThere
        return change


def _questions(visit: Visit) -> list[str]:
    """What the form holds, once more without numbers and names."""
    given = (masked(it).strip() for it in visit.form.getall("question", []))
    return list(dict.fromkeys(it for it in given if it))[:_MOST_QUESTIONS]


def _continued(before: str, questions: Sequence[str]) -> str:
    try:
        return with_questions(before, questions)
    except NoPlace:
        return before
