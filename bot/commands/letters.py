"""`hotline dead`: what could not be dealt with."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from bot.commands.running import begin, run
from bot.connection import open_line
from bot.pipeline.dead import DeadLetters
from bot.settings import Settings
from bot.words import Words


def dead(
    replay: Annotated[bool, typer.Option(help="Put them back into the inbox.")] = False,
) -> None:
    """List the dead letters, or try them again."""
    settings, words = begin()
    run(_dead(settings, words, replay), settings, words)


async def _dead(settings: Settings, words: Words, replay: bool) -> None:
    """List the dead letters, or put them back into the inbox."""

    async with open_line(settings, beside=True) as line:
        letters = DeadLetters(line)
        found = await letters.all()
        if replay:
            count = sum([await letters.replay(letter) for letter in found])
            typer.echo(words.say("operator.dead_replayed", count=count))
            return
        for letter in found:
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(letter.at))
            urn = letter.event.urn if letter.event else "-"
            name = f"{letter.partition}-{letter.id}"
            typer.echo(
                words.say("operator.dead_line", name=name, at=at, urn=urn, reason=letter.reason)
            )
        if not found:
            typer.echo(words.say("operator.dead_none"))
