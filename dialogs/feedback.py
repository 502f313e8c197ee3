"""Was the answer any use? One tap, and one more to say why not."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import person
from dialogs.questions import choice, pick, words
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
    about = await talk.ask("about", words())
    useful = await talk.ask("useful", choice("yes", "no")) == "yes"
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
    about = await talk.ask("about", words())
    why = await talk.ask("why", pick(REASONS))
    await book.explain(talk.visitor, about, REASONS[why], talk.event)
    return Reply("feedback.noted", {"reason": REASONS[why]}, (person(),))
