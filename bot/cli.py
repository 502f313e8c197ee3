"""The `hotline` command: its table of contents."""

from __future__ import annotations

import typer

from bot.commands import (
    applications,
    campaigns,
    content,
    demo,
    ledger,
    letters,
    openings,
    preparing,
    purge,
    questions,
    service,
    staff,
)
from bot.commands.unanswered import unanswered
from bot.commands.wishes import wish

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

app.command()(service.serve)
app.command()(preparing.prepare)
app.command()(service.talk)
app.command()(questions.ask)
app.command("eval")(questions.evaluate)
app.command()(wish)
app.command()(content.check)
app.command()(content.calibrate)
app.command()(letters.dead)
app.command()(purge.purge)
app.command()(demo.demo)
app.command()(unanswered)

app.add_typer(campaigns.campaign, name="campaign")
app.add_typer(ledger.ledger, name="ledger")
app.add_typer(openings.app, name="openings")
app.add_typer(applications.app, name="applications")
app.add_typer(staff.staff, name="staff")
app.add_typer(staff.audit, name="audit")
app.add_typer(staff.token, name="token")
