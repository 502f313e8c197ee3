"""`hotline ask` and `hotline eval`: questions put to the production conversations."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bot.app import rehearsal
from bot.commands.running import begin, run
from bot.content import load_content
from bot.knowledge.evaluate import Said, read_cases, score
from bot.knowledge.search import VIEWS
from bot.pipeline.switchboard import Switchboard
from bot.refusals import BadLine
from bot.settings import Settings
from bot.terminal import Conversation
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


def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    without: Annotated[
        list[str] | None, typer.Option(help=f"A view to do without: {', '.join(VIEWS)}.")
    ] = None,
) -> None:
    """Score a file of questions whose right policies are known, kind by kind."""
    settings, words = begin()
    closed = without or []
    if unknown := set(closed) - set(VIEWS):
        raise typer.BadParameter(", ".join(sorted(unknown)), param_hint="--without")
    run(_evaluate(settings, words, file, closed), settings, words)


async def _ask(settings: Settings, question: str | None, explain: bool) -> None:
    """Answer one question, or the lines of standard input. Raises BadLine."""
    content = await load_content(settings)
    async with rehearsal(content) as board:
        asking = Asking(board, content.notice)
        if question is not None:
            answer = await asking.answer(question)
            typer.echo(answer["text"])
            if explain:
                typer.echo(orjson.dumps(answer["evidence"], option=orjson.OPT_INDENT_2).decode())
            return
        for number, line in enumerate(sys.stdin.buffer, 1):
            if line.strip():
                _tell(await asking.answer(_asked(number, line)), explain)


def _asked(number: int, line: bytes) -> str:
    """The question of a line of JSON."""
    try:
        return str(orjson.loads(line)["q"])
    except (ValueError, KeyError, TypeError):
        raise BadLine(str(number)) from None


def _tell(answer: dict[str, Any], explain: bool) -> None:
    if not explain:
        del answer["evidence"]
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.flush()


class Asking:
    """Puts questions to the conversations, each as a new visitor who has seen the notice."""

    def __init__(self, board: Switchboard, notice: str) -> None:
        self._board = board
        self._notice = notice
        self._visitors = count(1)

    async def answer(self, question: str, after: Sequence[str] = ()) -> dict[str, Any]:
        """What the visitor, who has asked `after` in the same talk, is answered, and why."""
        visitor = f"terminal:{next(self._visitors)}"
        conversation = Conversation(self._board, visitor, self._notice)
        for before in after:
            await conversation.hear(Heard(before))
        spoken = await conversation.hear(Heard(question))
        last = spoken[-1]
        return {
            "q": question,
            "outcome": last.outcome,
            "policies": list(last.policies),
            "text": "\n".join(it.text for it in spoken),
            "evidence": dict(last.evidence),
        }


async def _evaluate(settings: Settings, words: Words, file: Path, closed: Collection[str]) -> None:
    """Score a file of questions, without the `closed` views, and tell what was answered wrongly."""
    content = await load_content(settings)
    if closed:
        content.library.close(closed)
    pairs = []
    async with rehearsal(content) as board:
        asking = Asking(board, content.notice)
        for case in read_cases(file):
            answer = await asking.answer(case.question, case.after)
            said = Said(answer["outcome"], tuple(answer["policies"]), answer["text"])
            pairs.append((case, said))
    report = score(pairs)
    for case, said in report.failed:
        typer.echo(words.say("operator.eval_failed", case=case, said=said))
    for kind, of_kind in (*report.kinds.items(), (words.say("operator.eval_all"), report.total)):
        typer.echo(words.say("operator.eval_score", kind=kind, score=of_kind))
