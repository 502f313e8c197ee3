"""/post: a member of staff writes a campaign in the chat, looks at it, and has it sent.

To everybody else there is no such conversation. What was written is a draft before it is shown, and
every button from then on names it: nothing is lost, and nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from dialogs.menu import menu
from dialogs.newsroom import (
    APPROVE,
    CANCEL,
    KEEP,
    PAUSE,
    RESUME,
    SEND,
    SHOW,
    SUBMIT,
    TRY,
    DeskOf,
    Letter,
    Plan,
    Post,
    PostDesk,
    StepRefused,
)
from dialogs.offers import number
from dialogs.questions import choice, match
from dialogs.talk import Heard, NotForThem, Option, Question, Reply, Talk, Unclear

KINDS = ("岗位", "政策", "培训", "其他")
ALL, BY_COUNTY, BY_TRADE, BY_QUERY = "全部", "按县", "按工种", "自己写条件"
NEVER = "不设"
UNTIL = (NEVER, "今天18点", "明天18点", "三天后", "七天后")
SURE, NOT_SURE = "确定取消", "先不取消"
SAID = {
    SHOW: "post.shown",
    TRY: "post.tried",
    SEND: "post.sent",
    SUBMIT: "post.submitted",
    APPROVE: "post.approved",
    KEEP: "post.kept",
    PAUSE: "post.paused",
    RESUME: "post.resumed",
    CANCEL: "post.cancelled",
}
NAMES = {SHOW: "查看", SEND: "发送", PAUSE: "暂停", RESUME: "继续", CANCEL: "取消"}
_BETWEEN = "、"


async def write_post(talk: Talk, desk_of: DeskOf) -> Reply:
    """What kind, what it says, who gets it, until when; then how it would go."""
    desk = await _desk(talk, desk_of)
    kind = await talk.ask("kind", choice(*KINDS))
    letter = await talk.ask("words", _letter(desk))
    counties, trades, query = await _audience(talk, desk)
    until = await talk.ask("until", _until(desk))
    moment = None if until == NEVER else datetime.fromisoformat(until)
    plan = Plan(kind, letter, counties, trades, query, moment)
    return _shown("post.written", await desk.write(plan, talk.event))


async def take_step(talk: Talk, desk_of: DeskOf) -> Reply:
    """A button under a campaign: try it, send it, keep it, stop it."""
    desk = await _desk(talk, desk_of)
    step, campaign = talk.given("step"), number(talk.given("number"))
    is_under_way = await desk.is_under_way(campaign)
    if is_under_way is None or step not in SAID:
        return Reply("post.none", options=(_list(), menu()))
    if step == CANCEL and is_under_way:
        sure = await talk.ask("sure", choice(SURE, NOT_SURE), number=campaign)
        step = SHOW if sure == NOT_SURE else step
    words, why = SAID[step], ""
    try:
        await desk.take(step, campaign, talk.event)
    except StepRefused as refused:
        words, why = "post.refused", str(refused)
    return _shown(words, await desk.show(campaign), why)


async def show_posts(talk: Talk, desk_of: DeskOf) -> Reply:
    """The last few that they wrote, how far each has come, and what waits for their approval."""
    desk = await _desk(talk, desk_of)
    posts = await desk.latest()
    buttons = [
        _step(f"{NAMES[step]}{post.number}号", step, post.number)
        for post in posts
        for step in post.steps
        if step in NAMES
    ]
    return Reply("post.list", {"posts": posts}, (*buttons, _new(), menu()))


async def _desk(talk: Talk, desk_of: DeskOf) -> PostDesk:
    desk = await desk_of(talk.visitor)
    if desk is None:
        raise NotForThem
    return desk


async def _audience(talk: Talk, desk: PostDesk) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Counties, trades, a query: what of it was chosen."""
    match await talk.ask("audience", choice(ALL, BY_COUNTY, BY_TRADE, BY_QUERY)):
        case "按县":
            named = await talk.ask("county", _names(desk.counties, desk.counties_in))
            return desk.counties_in(named), (), ""
        case "按工种":
            named = await talk.ask("trade", _names(tuple(desk.groups), desk.trades_in))
            return (), desk.trades_in(named), ""
        case "自己写条件":
            return (), (), await talk.ask("query", Question(desk.query))
        case _:
            return (), (), ""


def _letter(desk: PostDesk) -> Question[Letter]:
    """Words, typed or passed on from elsewhere, or a picture with words under it."""

    def read(text: str) -> Letter:
        picture, _, words = text.partition("\n")
        return Letter(desk.words(words), picture)

    def hear(heard: Heard) -> Letter:
        if heard.picture and not heard.text.strip():
            raise Unclear("post.no_caption")
        return Letter(desk.words(heard.text), heard.picture)

    return Question(read, hear=hear)


def _names(offered: Sequence[str], read: Callable[[str], tuple[str, ...]]) -> Question[str]:
    """One of those offered, or several by their names."""
    titles = {it: it for it in offered}

    def named(text: str) -> str:
        said = match(titles, text)
        return said or _BETWEEN.join(read(text))

    return Question(named, tuple(titles.items()))


def _until(desk: PostDesk) -> Question[str]:
    """A moment to come, or none."""
    titles = {it: it for it in UNTIL}

    def read(text: str) -> str:
        said = match(titles, text) or text
        return NEVER if said == NEVER else desk.moment(said).isoformat()

    return Question(read, tuple(titles.items()))


def _shown(words: str, post: Post, why: str = "") -> Reply:
    """What came of it, how it stands, and what may be done next."""
    buttons = [_step(f"post.{step}_button", step, post.number) for step in post.steps]
    return Reply(words, {"post": post, "why": why}, (*buttons, _list()))


def _step(label: str, step: str, campaign: int) -> Option:
    return Option.start(label, "post.step", step=step, number=str(campaign))


def _list() -> Option:
    return Option.start("post.list_button", "post.list")


def _new() -> Option:
    return Option.start("post.new_button", "post")
