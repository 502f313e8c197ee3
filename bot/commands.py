"""What each `hotline` command does, once its settings and words are there."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import typer

from bot.app import Started, switchboard
from bot.app import serve as run_service
from bot.connection import open_line
from bot.content import Content, load_content
from bot.knowledge.calibrate import recalibrate
from bot.knowledge.check import check as check_content
from bot.knowledge.evaluate import Said, read_cases, score
from bot.pipeline.dead import DeadLetters
from bot.refusals import BadLine, found_in_content
from bot.settings import Settings
from bot.terminal import Conversation, Notepad, shown
from bot.words import Words
from dialogs.talk import Heard


async def serve(settings: Settings, words: Words) -> None:
    """Run the hotline until it is told to stop."""

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


async def talk(settings: Settings, words: Words) -> None:
    """Talk at the terminal until the end of input."""

    content = await load_content(settings)
    notepad = Notepad(words, typer.echo)
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


async def ask(settings: Settings, question: str | None, explain: bool) -> None:
    """Answer one question, or the lines of standard input. Raises BadLine."""
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

    notepad = Notepad(content.words, lambda _: None)
    conversation = Conversation(switchboard(content, notepad, notepad), content.notice)
    spoken = await conversation.hear(Heard(question))
    last = spoken[-1]
    return {
        "outcome": last.outcome,
        "policies": list(last.policies),
        "text": "\n".join(it.text for it in spoken),
        "evidence": dict(last.evidence),
    }


async def evaluate(settings: Settings, words: Words, file: Path) -> None:
    """Score a file of questions and tell which were answered wrongly."""

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


async def calibrate(settings: Settings, words: Words) -> None:
    """Learn anew how sure the search must be, and write it into the content."""

    cache = settings.var_dir / "cache"
    calibration = await asyncio.to_thread(recalibrate, settings.content_dir, cache)
    typer.echo(words.say("operator.calibrated", calibration=calibration))


async def dead(settings: Settings, words: Words, replay: bool) -> None:
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


async def check(settings: Settings, words: Words) -> int:
    """Print what is wrong with the content; 1 when it cannot be served with that."""

    findings = check_content(settings.content_dir)
    for finding in findings:
        typer.echo(found_in_content(finding, words))
    if any(finding.is_error for finding in findings):
        return 1
    await load_content(settings)
    if not findings:
        typer.echo(words.say("operator.check_clean"))
    return 0


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"
