"""`hotline wish`: what the hotline understands of sentences about work."""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from bot.commands.running import begin, run
from bot.jobs.reading import WorkReader
from bot.refusals import BadLine
from bot.settings import Settings


def wish(
    text: Annotated[str | None, typer.Argument()] = None,
    jsonl: Annotated[
        bool, typer.Option(help='Read {"text": ...} lines from standard input.')
    ] = False,
) -> None:
    """Read one sentence about the work somebody wants, or many."""
    settings, words = begin()
    if jsonl == (text is not None):
        raise typer.BadParameter("either a sentence or --jsonl")
    run(_wish(settings, text), settings, words)


async def _wish(settings: Settings, text: str | None) -> None:
    """Print what each sentence says, one JSON object a line. Raises BadLine."""
    reader = WorkReader(settings.content_dir / "directory")
    if text is not None:
        _print(reader, text)
        return
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            _print(reader, _text(number, line))


def _text(number: int, line: bytes) -> str:
    try:
        return str(orjson.loads(line)["text"])
    except (ValueError, KeyError, TypeError):
        raise BadLine(str(number)) from None


def _print(reader: WorkReader, text: str) -> None:
    sys.stdout.buffer.write(orjson.dumps({"text": text, **reader.read(text).said()}) + b"\n")
    sys.stdout.flush()
