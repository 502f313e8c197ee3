"""`hotline ask` and `hotline eval`: questions put to the production conversations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bot.app import switchboard
from bot.commands.running import begin, run
from bot.content import Content, load_content
from bot.knowledge.evaluate import Said, read_cases, score
from bot.refusals import BadLine
from bot.settings import Settings
from bot.terminal import Conversation, Notepad
from bot.words import Words
from dialogs.talk import Heard


def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    jsonl: Annotated[bool, typer.Option(help='Read {"q": ...} lines from standard input.')] = False,
    explain: Annotated[bool, typer.Option(help="Show why.")] = False,
) -> None:
    """Ask one question, or many; each as a new visitor."""
    settings, words = begin()
    if jsonl == (question is not None):
        raise typer.BadParameter("either a question or --jsonl")
    run(_ask(settings, question, explain), settings, words)


def evaluate(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Score a file of questions whose right policies are known, kind by kind."""
    settings, words = begin()
    run(_evaluate(settings, words, file), settings, words)


async def _ask(settings: Settings, question: str | None, explain: bool) -> None:
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


async def _evaluate(settings: Settings, words: Words, file: Path) -> None:
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
