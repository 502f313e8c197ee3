"""The `hotline` command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot import commands
from bot.content import load_words
from bot.logs import start_logging
from bot.refusals import sentence
from bot.settings import Settings, SettingsError, read_settings
from bot.words import Words, WordsError

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve() -> None:
    """Run the hotline."""
    settings, words = _begin()
    start_logging(settings.log_level)
    _run(commands.serve(settings, words), settings, words)


@app.command()
def talk() -> None:
    """Talk to the hotline at the terminal, without any network."""
    settings, words = _begin()
    typer.echo(words.say("operator.talk_hello"))
    _run(commands.talk(settings, words), settings, words)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    jsonl: Annotated[bool, typer.Option(help='Read {"q": ...} lines from standard input.')] = False,
    explain: Annotated[bool, typer.Option(help="Show why.")] = False,
) -> None:
    """Ask one question, or many; each as a new visitor."""
    settings, words = _begin()
    if jsonl == (question is not None):
        raise typer.BadParameter("either a question or --jsonl")
    _run(commands.ask(settings, question, explain), settings, words)


@app.command()
def check() -> None:
    """Check the content, and say what is wrong with it."""
    settings, words = _begin()
    raise typer.Exit(_run(commands.check(settings, words), settings, words))


@app.command("eval")
def evaluate(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Score a file of questions whose right policies are known, kind by kind."""
    settings, words = _begin()
    _run(commands.evaluate(settings, words, file), settings, words)


@app.command()
def calibrate() -> None:
    """Learn anew, from the content's own questions, how sure the search must be to answer."""
    settings, words = _begin()
    _run(commands.calibrate(settings, words), settings, words)


@app.command()
def dead(
    replay: Annotated[bool, typer.Option(help="Put them back into the inbox.")] = False,
) -> None:
    """List the dead letters, or try them again."""
    settings, words = _begin()
    _run(commands.dead(settings, words, replay), settings, words)


def _begin() -> tuple[Settings, Words]:
    """The settings and the words to talk to the operator with; ends the command without them."""
    try:
        settings = read_settings()
        return settings, load_words(settings)
    except (SettingsError, WordsError) as error:
        _fail(_told_without_words(error))


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


def _run(work: Coroutine[Any, Any, T], settings: Settings, words: Words) -> T:
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
        _fail(told)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return None
    return uvloop.new_event_loop


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
