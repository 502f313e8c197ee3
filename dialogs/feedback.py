"""Was the answer any use? One tap, and one more to say why not."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import person
from dialogs.talk import Option, Reply, Talk

REASONS = {"1": "没听懂", "2": "不是我问的", "3": "说得不对", "4": "不够详细"}


class FeedbackBook(Protocol):
    """Where supervisors read what visitors thought of the answers."""

    async def record(self, visitor: str, about: str, useful: bool, key: str) -> None:
        """Keep a verdict on the answer given in turn `about`; the same `key` is kept once."""
        ...

    async def explain(self, visitor: str, about: str, reason: str, key: str) -> None:
        """Keep why the answer given in turn `about` was of no use; the same `key` once."""
        ...


async def take_verdict(talk: Talk, book: FeedbackBook) -> Reply:
    """Thank for a 有用; ask after a 没用 what was wrong."""
    about, useful = talk.given("about") or "", talk.given("useful") == "yes"
    await book.record(talk.visitor, about, useful, talk.event)
    if useful:
        return Reply("feedback.thanks")
    reasons = (
        Option.start(reason, "feedback.why", about=about, why=number)
        for number, reason in REASONS.items()
    )
    return Reply("feedback.why", options=(*reasons, person()))


async def take_reason(talk: Talk, book: FeedbackBook) -> Reply:
    """Why the answer was of no use."""
    about, reason = talk.given("about") or "", REASONS.get(talk.given("why") or "", "")
    await book.explain(talk.visitor, about, reason, talk.event)
    return Reply("feedback.noted", {"reason": reason}, (person(),))
