"""After 1, 3 and 6 months in work: is it still so? One tap, and whoever is out of work is helped
again."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import menu, person
from dialogs.questions import pick
from dialogs.talk import Option, Reply, Talk

ANSWERS = {"working": "还在干", "changed": "换工作了", "out_of_work": "没工作了"}


class FollowUps(Protocol):
    """The questions about somebody's work."""

    async def answer(self, visitor: str, number: int, answer: str, key: str) -> bool:
        """Keep the answer, one of ANSWERS; False when it is no question of theirs. The same `key`
        does it once."""
        ...


def ask_after_work(number: int, months: int) -> Reply:
    """The question, said unasked; each answer is one tap, however late."""
    options = (
        Option.start(label, "followup", n=str(number), still=answer)
        for answer, label in ANSWERS.items()
    )
    return Reply("followup.asked", {"months": months}, (*options, person()))


async def follow_up(talk: Talk, followups: FollowUps) -> Reply:
    """Take the answer."""
    number = talk.given("n") or ""
    answer = await talk.ask("still", pick(ANSWERS))
    is_number = number.isdecimal() and len(number) < 10
    if not is_number or not await followups.answer(talk.visitor, int(number), answer, talk.event):
        return Reply("followup.gone", options=(person(), menu()))
    if answer == "out_of_work":
        again = (Option.start("buttons.wish", "wish"), Option.start("buttons.jobs", "jobs"))
        return Reply("followup.out_of_work", options=(*again, person()))
    return Reply(f"followup.{answer}", options=(Option.start("buttons.card", "card"), menu()))
