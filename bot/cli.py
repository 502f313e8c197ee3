"""The `hotline` command."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import orjson
import typer

from bot.content import Content, load_content, load_words
from bot.embedded import AlreadyRunning, NoRedis
from bot.knowledge.finding import Finding, UnusableContent
from bot.logs import start_logging
from bot.pipeline.line import StorageDown
from bot.records.engines import DatabaseUnusable
from bot.settings import Settings, SettingsError, read_settings
from bot.words import Words, WordsError
from dialogs.talk import Heard

T = TypeVar("T")

CANNOT_LISTEN = (errno.EADDRNOTAVAIL, errno.EACCES)


class BadLine(Exception):
    """A line of standard input is no {"q": ...}; the text is its number, counted from 1."""


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve() -> None:
    """Run the hotline."""
    settings, words = _begin()
    start_logging(settings.log_level)
    _run(_serve(settings, words), settings, words)


@app.command()
def talk() -> None:
    """Talk to the hotline at the terminal, without any network."""
    settings, words = _begin()
    typer.echo(words.say("operator.talk_hello"))
    _run(_talk(settings), settings, words)


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
    _run(_ask(settings, question, explain), settings, words)


@app.command()
def check() -> None:
    """Check the content, and say what is wrong with it."""
    settings, words = _begin()
    raise typer.Exit(_run(_check(settings, words), settings, words))


@app.command("eval")
def evaluate(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Score a file of questions whose right policies are known, kind by kind."""
    settings, words = _begin()
    _run(_eval(settings, words, file), settings, words)


@app.command()
def calibrate() -> None:
    """Learn anew, from the content's own questions, how sure the search must be to answer."""
    settings, words = _begin()
    _run(_calibrate(settings, words), settings, words)


@app.command()
def dead(
    replay: Annotated[bool, typer.Option(help="Put them back into the inbox.")] = False,
) -> None:
    """List the dead letters, or try them again."""
    settings, words = _begin()
    _run(_dead(settings, words, replay), settings, words)


async def _serve(settings: Settings, words: Words) -> None:
    from bot.app import Started
    from bot.app import serve as run_service

    def announce(started: Started) -> None:
        if settings.role == "worker":
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

    content = await load_content(settings, wait=False)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run_service(settings, content, stop, announce)
    if settings.role == "all":
        typer.echo(words.say("operator.stopped"))


async def _talk(settings: Settings) -> None:
    from bot.app import switchboard
    from bot.terminal import Conversation, Notepad, shown

    content = await load_content(settings)
    notepad = Notepad(typer.echo)
    conversation = Conversation(switchboard(content, notepad, notepad))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the loop's own cannot end `input`
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


async def _ask(settings: Settings, question: str | None, explain: bool) -> None:
    content = await load_content(settings)
    if question is not None:
        answer = await _answer(content, question)
        typer.echo(answer["text"])
        if explain:
            typer.echo(orjson.dumps(answer["evidence"], option=orjson.OPT_INDENT_2).decode())
        return
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            asked = _asked(number, line)
            answer = await _answer(content, asked)
            if not explain:
                del answer["evidence"]
            sys.stdout.buffer.write(orjson.dumps({"q": asked, **answer}) + b"\n")
            sys.stdout.flush()


def _asked(number: int, line: bytes) -> str:
    """The question of a line of JSON."""
    try:
        return str(orjson.loads(line)["q"])
    except (ValueError, KeyError, TypeError):
        raise BadLine(str(number)) from None


async def _answer(content: Content, question: str) -> dict[str, Any]:
    """What a new visitor is answered, the notice of first contact left out."""
    from bot.app import switchboard
    from bot.terminal import Conversation, Notepad

    notepad = Notepad(lambda _: None)
    conversation = Conversation(switchboard(content, notepad, notepad), content.notice)
    spoken = await conversation.hear(Heard(question))
    last = spoken[-1]
    return {
        "outcome": last.outcome,
        "policies": list(last.policies),
        "text": "\n".join(it.text for it in spoken),
        "evidence": dict(last.evidence),
    }


async def _eval(settings: Settings, words: Words, file: Path) -> None:
    from bot.knowledge.evaluate import Said, read_cases, score

    content = await load_content(settings)
    pairs = []
    for case in read_cases(file):
        answer = await _answer(content, case.question)
        pairs.append((case, Said(answer["outcome"], tuple(answer["policies"]), answer["text"])))
    report = score(pairs)
    for case, said in report.failed:
        facts = {"case": case, "said": said}
        typer.echo(words.say("operator.eval_failed", **facts))
    for kind, of_kind in (*report.kinds.items(), (words.say("operator.eval_all"), report.total)):
        typer.echo(words.say("operator.eval_score", kind=kind, score=of_kind))


async def _calibrate(settings: Settings, words: Words) -> None:
    from bot.knowledge.calibrate import recalibrate

    cache = settings.var_dir / "cache"
    calibration = await asyncio.to_thread(recalibrate, settings.content_dir, cache)
    typer.echo(words.say("operator.calibrated", calibration=calibration))


async def _dead(settings: Settings, words: Words, replay: bool) -> None:
    from bot.connection import open_line
    from bot.pipeline.dead import DeadLetters

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


async def _check(settings: Settings, words: Words) -> int:
    """Print what is wrong with the content; 1 when it cannot be served with that."""
    from bot.knowledge.check import check as check_content

    findings = check_content(settings.content_dir)
    for finding in findings:
        typer.echo(_found(finding, words))
    if any(finding.is_error for finding in findings):
        return 1
    await load_content(settings)
    if not findings:
        typer.echo(words.say("operator.check_clean"))
    return 0


def _found(finding: Finding, words: Words) -> str:
    return f"{finding.file}:{finding.line}: {words.say(finding.words, **finding.facts)}"


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"


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
        sentence = _sentence(error, settings, words)
        if sentence is None:
            raise
        _fail(sentence)


def _sentence(error: BaseException, settings: Settings, words: Words) -> str | None:
    """What to tell the operator; None when it is our fault and not theirs."""
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return _sentence(error.exceptions[0], settings, words)
    match error:
        case AlreadyRunning():
            return words.say("operator.already_running", folder=settings.var_dir.absolute())
        case NoRedis():
            return words.say("operator.no_redis", reason=error)
        case StorageDown():
            return words.say("operator.redis_unreachable", reason=error)
        case DatabaseUnusable():
            return words.say("operator.database_unusable", reason=error)
        case WordsError():
            return words.say("operator.content_unusable", reason=error)
        case UnusableContent(findings=findings):
            lines = "\n".join(_found(finding, words) for finding in findings)
            return words.say("operator.content_unusable", reason=lines)
        case BadLine():
            return words.say("operator.bad_line", number=error)
        case OSError():
            return _system_sentence(error, settings, words)
        case _:
            return None


def _system_sentence(error: OSError, settings: Settings, words: Words) -> str | None:
    """What the operating system refused, as far as a setting can mend it."""
    if error.errno == errno.EADDRINUSE:
        return words.say("operator.port_taken", port=settings.port)
    if error.filename is None:
        is_address = isinstance(error, socket.gaierror) or error.errno in CANNOT_LISTEN
        place = {"host": settings.host, "port": settings.port}
        return words.say("operator.cannot_listen", **place) if is_address else None
    refused, folder = Path(error.filename).absolute(), settings.var_dir.absolute()
    if refused.is_relative_to(folder) or folder.is_relative_to(refused):
        return words.say("operator.folder_unusable", folder=folder, reason=error.strerror)
    return None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return None
    return uvloop.new_event_loop


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
