"""The `hotline` command: its table of contents."""

from __future__ import annotations

import typer

from bot.commands import content, letters, questions, service

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

app.command()(service.serve)
app.command()(service.talk)
app.command()(questions.ask)
app.command("eval")(questions.evaluate)
app.command()(content.check)
app.command()(content.calibrate)
app.command()(letters.dead)
