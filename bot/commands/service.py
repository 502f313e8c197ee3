"""`hotline serve` and `hotline talk`: the hotline itself, on the network and at the terminal."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import partial

import typer

from bot.app import Started, rehearsal
from bot.app import serve as run_service
from bot.commands.demo import example_openings
from bot.commands.running import begin, run
from bot.content import load_content
from bot.logs import start_logging
from bot.settings import Settings
from bot.terminal import Conversation, shown
from bot.words import Words
from dialogs.talk import Heard


def serve() -> None:
    """Run the hotline."""
    gc.disable()  # what is loaded now stays for good; it collects again once it is all there
    settings, words = begin()
    start_logging(settings.log_level)
    run(_serve(settings, words), settings, words)


def talk() -> None:
    """Talk to the hotline at the terminal, without any network."""
    settings, words = begin()
    typer.echo(words.say("operator.talk_hello"))
    run(_talk(settings, words), settings, words)


async def _serve(settings: Settings, words: Words) -> None:
    """Run the hotline until it is told to stop."""

    def announce(started: Started) -> None:
        if not settings.is_main:
            return
        embedded = settings.redis_url is None
        redis = words.say(
            "operator.redis_embedded" if embedded else "operator.redis_outside",
            durability=started.durability,
        )
        typer.echo(
            words.say(
                "operator.ready",
                address=started.address,
                redis=redis,
                database="SQLite" if settings.database.startswith("sqlite") else "PostgreSQL",
                policies=len(content.library.titles()),
                semantic=words.say(f"operator.semantic_{_on(settings.semantic)}"),
                telegram=words.say(f"operator.telegram_{started.telegram}"),
            )
        )

        if started.admin is not None:
            told = {"address": started.address, "login": started.admin.login}
            typer.echo(words.say("operator.admin_made", **told, password=started.admin.password))

    content = await load_content(settings, wait=False)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run_service(settings, content, stop, announce)
    if settings.is_main:
        typer.echo(words.say("operator.stopped"))


async def _talk(settings: Settings, words: Words) -> None:
    """Talk at the terminal until the end of input."""

    content = await load_content(settings)
    async with rehearsal(content, partial(example_openings, settings, words)) as board:
        conversation = Conversation(board)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the loop's cannot end `input`
        said: str | None = "/start"
        while said is not None:
            for spoken in await conversation.hear(Heard(said)):
                typer.echo(f"\n{shown(spoken)}")
            said = _typed()


def _typed() -> str | None:
    """What the visitor types next; None at the end. Nothing else has to run meanwhile."""
    try:
        return input("\n> ")
    except EOFError:
        return None


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"
