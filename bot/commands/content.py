"""`hotline check` and `hotline calibrate`: for those who write the content."""

from __future__ import annotations

import asyncio

import typer

from bot.commands.running import begin, run
from bot.content import load_content
from bot.knowledge.calibrate import recalibrate
from bot.knowledge.check import check as check_content
from bot.refusals import found_in_content
from bot.settings import Settings
from bot.words import Words


def check() -> None:
    """Check the content, and say what is wrong with it."""
    settings, words = begin()
    raise typer.Exit(run(_check(settings, words), settings, words))


def calibrate() -> None:
    """Learn anew, from the content's own questions, how sure the search must be to answer."""
    settings, words = begin()
    run(_calibrate(settings, words), settings, words)


async def _check(settings: Settings, words: Words) -> int:
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


async def _calibrate(settings: Settings, words: Words) -> None:
    """Learn anew how sure the search must be, and write it into the content."""

    cache = settings.var_dir / "cache"
    calibration = await asyncio.to_thread(recalibrate, settings.content_dir, cache)
    typer.echo(words.say("operator.calibrated", calibration=calibration))
