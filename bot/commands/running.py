"""How every command begins and ends: settings and words first; what an operator can mend is told in
one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

import typer

from bot.content import load_words
from bot.refusals import sentence
from bot.settings import Settings, SettingsError, read_settings
from bot.words import Words, WordsError

T = TypeVar("T")


def begin() -> tuple[Settings, Words]:
    """The settings and the words to talk to the operator with; ends the command without them."""
    try:
        settings = read_settings()
        return settings, load_words(settings)
    except (SettingsError, WordsError) as error:
        fail(_told_without_words(error))


def _told_without_words(error: SettingsError | WordsError) -> str:
    try:
        words = load_words(Settings.model_construct())  # those that came with the program
    except WordsError as broken:
        return str(broken)
    match error:
        case SettingsError(name=name):
            return _setting_wrong(name, words)
        case WordsError():
            return words.say("operator.content_unusable", reason=error)


def _setting_wrong(name: str, words: Words) -> str:
    expected = words.say(f"settings.{name.lower()}")
    return words.say("operator.setting_wrong", name=name, expected=expected)


def run(work: Coroutine[Any, Any, T], settings: Settings, words: Words) -> T:
    """Run to the end; what an operator can mend is said in one sentence."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:
        told = sentence(error, settings, words)
        if told is None:
            raise
        fail(told)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return None
    return uvloop.new_event_loop


def fail(sentence: str) -> NoReturn:
    """End the command with a sentence for whoever gave it."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
