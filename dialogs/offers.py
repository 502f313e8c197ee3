"""Openings offered to a seeker, and what they say to them: one message of three, a tap for each
answer. Every button works however old its message is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dialogs.menu import menu, person
from dialogs.questions import pick
from dialogs.talk import Option, Outcome, Reply, Talk
from dialogs.work import Match, Pace, Wish

WHY = {
    "1": "太远",
    "2": "工资低",
    "3": "活不合适",
    "4": "时间不合适",
    "5": "吃住不便",
    "6": "已有活干",
}
FOUND_WORK = "6"
PACES = {Pace.AT_ONCE: "有新的就发", Pace.DAILY: "一天一次", Pace.WEEKLY: "一周一次"}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a seeker is offered. `push` names it, 0 when nothing is kept of it. `is_short`: there
    are fewer than three in all, those offered before too; it is on the staff's list."""

    push: int
    matches: tuple[Match, ...]
    is_short: bool


class Jobs(Protocol):
    """The openings, matched."""

    async def offer(self, visitor: str, wish: Wish, key: str) -> Offered:
        """What fits the wish and was not offered to the visitor before; the same `key` gives the
        same again."""
        ...


class Wishes(Protocol):
    """What visitors have wished for."""

    async def wish_of(self, visitor: str) -> Wish | None:
        """The visitor's wish, if there is one."""
        ...


class Answers(Protocol):
    """What visitors say to what they were offered."""

    async def refuse(self, visitor: str, push: int, why: str) -> None:
        """Nothing in that push, 0: in the last one, suits them."""
        ...


class Paces(Protocol):
    """How often each visitor hears of openings."""

    async def set_pace(self, visitor: str, pace: Pace) -> bool:
        """From now on; False when they are not in the ledger."""
        ...


def offers_reply(offered: Offered) -> Reply:
    """The message with the openings. What there is not is said as well."""
    matches, push = offered.matches, str(offered.push)
    outcome = Outcome.ANSWERED if matches else Outcome.CHAT
    facts = {"matches": matches, "is_short": offered.is_short}
    evidence = {"push": offered.push, "openings": [it.opening.number for it in matches]}
    interested = tuple(
        Option.start(f"offers.interested_{place}", "offers.interested", o=str(it.opening.number))
        for place, it in enumerate(matches, 1)
    )
    options: tuple[Option, ...]
    if not offered.push:
        options = (*interested, Option.start("buttons.wish", "wish"), person())
    elif not matches:
        options = (_change(), Option.start("buttons.jobs", "jobs"), person())
    else:
        unsuitable = Option.start("offers.unsuitable_button", "offers.unsuitable", p=push)
        options = (*interested, unsuitable, _slower(), _stop())
    return Reply("offers.shown", facts, options, outcome, evidence=evidence)


async def show_more(talk: Talk, jobs: Jobs, wishes: Wishes) -> Reply:
    """Further openings for the wish that is kept."""
    wish = await wishes.wish_of(talk.visitor)
    if wish is None:
        return Reply("offers.no_wish", options=(Option.start("buttons.wish", "wish"), person()))
    return offers_reply(await jobs.offer(talk.visitor, wish, talk.event))


async def ask_why(talk: Talk) -> Reply:
    """Nothing suits: why, with one tap."""
    push = str(number(talk.given("p")))
    reasons = (Option.start(it, "offers.why", p=push, w=key) for key, it in WHY.items())
    return Reply("offers.unsuitable", options=(*reasons, _change()))


async def take_why(talk: Talk, answers: Answers) -> Reply:
    """Why nothing suited, and what can be done about it."""
    why = talk.given("w") or ""
    await answers.refuse(talk.visitor, number(talk.given("p")), WHY.get(why, ""))
    if why == FOUND_WORK:
        return Reply("offers.found_work", options=(_stop(), _slower(), menu()))
    return Reply("offers.noted", {"why": WHY.get(why)}, (more(), _change(), _slower(), person()))


async def set_pace(talk: Talk, paces: Paces) -> Reply:
    """How often openings come unasked."""
    titles = {str(pace): title for pace, title in PACES.items()}
    pace = Pace(await talk.ask("pace", pick(titles)))
    if not await paces.set_pace(talk.visitor, pace):
        return Reply("offers.no_wish", options=(Option.start("buttons.wish", "wish"), person()))
    return Reply("offers.paced", {"title": PACES[pace]}, (more(), menu()))


async def stop_pushes(talk: Talk, paces: Paces) -> Reply:
    """No openings come unasked any more; the wish stays."""
    await paces.set_pace(talk.visitor, Pace.NEVER)
    again = Option.start("offers.again_button", "offers.pace", pace=Pace.WEEKLY)
    return Reply("offers.stopped", options=(again, more(), menu()))


def number(text: str | None) -> int:
    """The number that a button carries; 0 for what is none."""
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_number and text is not None else 0


def more() -> Option:
    """The button that shows further openings."""
    return Option.start("buttons.more_openings", "offers.more")


def _change() -> Option:
    return Option.start("buttons.change_wish", "wish.change")


def _slower() -> Option:
    return Option.start("offers.slower_button", "offers.pace")


def _stop() -> Option:
    return Option.start("offers.stop_button", "offers.stop")
