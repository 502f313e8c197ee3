"""`hotline campaign`: a broadcast from its draft to its report, at the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from bot.app.campaigns import rates_of
from bot.clock import ZONE
from bot.commands.campaign_desk import Key, Number, Staff, at_the_desk, bar
from bot.commands.running import begin, fail
from bot.commands.staff import OPERATOR
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.wording import GOT, MISSED, CampaignWording
from bot.pipeline.messages import Button
from bot.records.campaign_rows import Campaign, Draft, State
from bot.words import Words
from dialogs.campaigns import options
from dialogs.talk import Reply

LOOK_EVERY = 0.5  # seconds

campaign = typer.Typer(no_args_is_help=True, help="Broadcasts to part of the visitors.")


@campaign.command()
def draft(
    name: str,
    to: Annotated[str, typer.Option(help="Who gets it, as 县=南和区 且 工种=电焊工.")],
    file: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The words.")],
    but: Annotated[str, typer.Option(help="Who of them does not.")] = "",
    starts: Annotated[str, typer.Option(help="2026-03-07 09:00")] = "",
    expires: Annotated[str, typer.Option(help="Nothing is sent from then on.")] = "",
    per_day: Annotated[int | None, typer.Option(min=1)] = None,
    again: Annotated[bool, typer.Option(help="Send the unknown once more.")] = False,
    plain: Annotated[bool, typer.Option(help="Without buttons.")] = False,
    staff: Staff = OPERATOR,
    key: Key = "",
) -> None:
    """Write one down; nobody gets anything yet."""
    settings, words = begin()
    planned = Draft(
        name, to, file.read_text(encoding="utf-8").strip(), but, (), "post", again,
        _time(starts, words), _time(expires, words), per_day,
    )  # fmt: skip

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        made = await desk.draft(planned, staff, key or token_hex(8), _buttons(words, plain))
        typer.echo(words.say("campaigns.drafted", number=made.number))

    at_the_desk(settings, words, work, 0)


@campaign.command()
def preview(number: Number) -> None:
    """How many would get what, and who would not."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        found = await desk.campaigns.get(number)
        typer.echo(wording.preview(await desk.preview(found.draft)))

    at_the_desk(settings, words, work, number)


@campaign.command("test")
def try_on(number: Number, urn: str, key: Key = "") -> None:
    """Send it to yourself, as telegram:123."""
    settings, words = begin()
    channel, _, address = urn.partition(":")
    if channel not in rates_of(settings) or not address:
        fail(words.say("campaigns.no_channel", urn=urn))

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        is_new = await desk.try_on(number, urn, key or token_hex(8))
        typer.echo(words.say(f"campaigns.tried{'' if is_new else '_before'}", urn=urn))

    at_the_desk(settings, words, work, number)


@campaign.command()
def freeze(number: Number, staff: Staff = OPERATOR, key: Key = "") -> None:
    """Write everybody down who gets it, for good."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        with bar() as shown:
            task = shown.add_task(words.say("campaigns.watch_title", number=number), total=None)
            done = await desk.freezer.freeze(
                number, staff, key or token_hex(8), lambda many: shown.update(task, completed=many)
            )
        typer.echo(words.say("campaigns.frozen", number=number, count=done.frozen))

    at_the_desk(settings, words, work, number, "freeze", staff)


def _step(name: str, text: str) -> Callable[..., None]:
    """A command for one step."""

    def command(number: Number, staff: Staff = OPERATOR, key: Key = "") -> None:
        settings, words = begin()

        async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
            store = desk.freezer if name == "extend" else desk.campaigns
            now: Campaign = await getattr(store, name)(number, staff, key or token_hex(8))
            typer.echo(_now(words, wording, now))

        at_the_desk(settings, words, work, number, name, staff)

    command.__doc__ = text
    return command


for _name, _text in {
    "approve": "A second person agrees.",
    "start": "Send it, now or from its own time on.",
    "pause": "Send nothing more for now.",
    "resume": "Go on.",
    "cancel": "Never send anything more of it.",
    "retry": "Send again to whom it could not be sent.",
    "extend": "Send it also to those who joined since.",
}.items():
    campaign.command(_name)(_step(_name, _text))


@campaign.command("list")
def show_all(
    digests: Annotated[bool, typer.Option(help="The days' pushes of openings instead.")] = False,
) -> None:
    """The newest ones."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        found = await desk.campaigns.latest(50, digests=digests)
        for it in found:
            facts = {"number": it.number, "frozen": it.frozen, "name": it.draft.name}
            state = wording.state(it.state)
            typer.echo(words.say("campaigns.list_line", state=state, **facts))
        if not found:
            typer.echo(words.say("campaigns.list_none"))

    at_the_desk(settings, words, work, 0)


@campaign.command()
def report(number: Number) -> None:
    """Who got it, who did not and why, and what came of it."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        typer.echo(wording.report(await desk.report(number)))
        for step in await desk.campaigns.history(number):
            typer.echo(wording.step(step))

    at_the_desk(settings, words, work, number)


@campaign.command()
def export(number: Number, file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Write the figures, everybody who did not get it and who did into an Excel file."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        missed, got = [await desk.listed(number, it) for it in (MISSED, GOT)]
        book = wording.book(await desk.report(number), missed, got)
        try:
            with file.open("xb") as new:
                new.write(book)
        except FileExistsError:
            fail(words.say("campaigns.file_there", file=file))
        typer.echo(words.say("campaigns.exported", file=file, count=len(missed) + len(got)))

    at_the_desk(settings, words, work, number)


@campaign.command()
def watch(number: Number) -> None:
    """Follow it until it is done, paused or cancelled."""
    settings, words = begin()

    async def work(desk: CampaignDesk, wording: CampaignWording) -> None:
        with bar() as shown:
            task = shown.add_task(words.say("campaigns.watch_title", number=number), total=None)
            while True:
                now = await desk.progress(number)
                total, text = now.campaign.frozen, wording.rate(now)
                shown.update(task, total=total, completed=now.done, description=text)
                if now.campaign.state is not State.RUNNING:
                    break
                await asyncio.sleep(LOOK_EVERY)
        typer.echo(_now(words, wording, now.campaign))

    at_the_desk(settings, words, work, number)


def _buttons(words: Words, is_plain: bool) -> Callable[[int], tuple[Button, ...]]:
    def buttons(number: int) -> tuple[Button, ...]:
        return words.buttons(Reply("", options=() if is_plain else options(number)))

    return buttons


def _now(words: Words, wording: CampaignWording, now: Campaign) -> str:
    state, reason = wording.state(now.state), now.state_reason or ""
    return words.say("campaigns.now", number=now.number, state=state, reason=reason)


def _time(text: str, words: Words) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    except ValueError:
        fail(words.say("campaigns.bad_time", time=text))
