"""`hotline staff`, `hotline audit` and `hotline token`: who may use the console and the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.clock import now
from bot.commands.records import database_of
from bot.commands.running import begin, fail, run
from bot.console.passwords import Passwords, one_time_password
from bot.jobs.reading import WorkReader
from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.scope import EVERYWHERE, Scope
from bot.records.staff import LoginTaken, Member, Role, Staff
from bot.records.staff_sessions import StaffSessions
from bot.records.tokens import NameTaken, Tokens
from bot.settings import Settings
from bot.words import Words

OPERATOR = "operator"  # who acts in the audit when it is done at the terminal

staff = typer.Typer(no_args_is_help=True, help="Who may sign in to the console.")
audit = typer.Typer(no_args_is_help=True, help="Who did what.")
token = typer.Typer(no_args_is_help=True, help="Keys for programs that use the API.")

Login = Annotated[str, typer.Argument()]


@staff.command("add")
def add_staff(
    login: Login,
    name: Annotated[str, typer.Option()] = "",
    role: Annotated[Role, typer.Option()] = Role.STAFF,
    county: Annotated[list[str] | None, typer.Option(help="Only these counties.")] = None,
) -> None:
    """A new member of staff, with a one-time password."""
    settings, words = begin()
    scope = _scope(settings, words, role, county or [])
    run(_add(settings, words, login, name or login, role, scope), settings, words)


@staff.command("reset")
def reset_staff(login: Login) -> None:
    """A new one-time password; the second factor is set up anew."""
    settings, words = begin()
    run(_reset(settings, words, login), settings, words)


@staff.command("disable")
def disable_staff(login: Login) -> None:
    """Somebody does not work here any more."""
    settings, words = begin()
    run(_disable(settings, words, login), settings, words)


@staff.command("list")
def list_staff() -> None:
    """Everybody."""
    settings, words = begin()
    run(_list(settings, words), settings, words)


@audit.command("verify")
def verify_audit() -> None:
    """Check that no entry was changed or taken out."""
    settings, words = begin()
    raise typer.Exit(run(_verify(settings, words), settings, words))


@audit.command("list")
def list_audit(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """The newest entries."""
    settings, words = begin()
    run(_list_audit(settings, words, limit), settings, words)


@token.command("new")
def new_token(name: str, login: Login) -> None:
    """A key that acts in the name of a member of staff; shown once."""
    settings, words = begin()
    run(_new_token(settings, words, name, login), settings, words)


@token.command("revoke")
def revoke_token(name: str) -> None:
    """The key opens nothing from now on."""
    settings, words = begin()
    run(_revoke(settings, words, name), settings, words)


@token.command("list")
def list_tokens() -> None:
    """Every key that was made."""
    settings, words = begin()
    run(_list_tokens(settings, words), settings, words)


def _scope(settings: Settings, words: Words, role: Role, named: Sequence[str]) -> Scope:
    """The counties that are meant. An admin gives rights to others and has the whole region."""
    if named and role is Role.ADMIN:
        fail(words.say("operator.staff_admin_everywhere"))
    if not named:
        return EVERYWHERE
    reader = WorkReader(settings.content_dir / "directory")
    found = {it: reader.wish(it).counties for it in named}
    for unclear in (it for it, counties in found.items() if len(counties) != 1):
        fail(words.say("openings.no_county", county=unclear))
    return Scope(frozenset(counties[0] for counties in found.values()))


async def _known(database: Database, words: Words, login: str) -> Member:
    found = await Staff(database.sessions, now).by_login(login)
    return found[0] if found else fail(words.say("operator.staff_unknown", login=login))


async def _add(
    settings: Settings, words: Words, login: str, name: str, role: Role, scope: Scope
) -> None:
    password = one_time_password()
    hashed = await Passwords().hash(password)
    async with database_of(settings) as database:
        try:
            await Staff(database.sessions, now).add(login, name, role, hashed, scope)
        except LoginTaken:
            fail(words.say("operator.staff_taken", login=login))
        await Audit(database.sessions, now).note(OPERATOR, "staff_added", f"staff:{login}")
    typer.echo(words.say("operator.staff_added", name=name, login=login, password=password))


async def _reset(settings: Settings, words: Words, login: str) -> None:
    password = one_time_password()
    hashed = await Passwords().hash(password)
    async with database_of(settings) as database:
        member = await _known(database, words, login)
        people = Staff(database.sessions, now)
        await people.set_password(member.number, hashed, must_change=True)
        await people.drop_second_factor(member.number)
        await StaffSessions(database.sessions, now).end_all(member.number)
        await Audit(database.sessions, now).note(OPERATOR, "staff_reset", f"staff:{login}")
    told = {"name": member.name, "login": login, "password": password}
    typer.echo(words.say("operator.staff_added", **told))


async def _disable(settings: Settings, words: Words, login: str) -> None:
    async with database_of(settings) as database:
        member = await _known(database, words, login)
        await Staff(database.sessions, now).change(
            member.number, name=member.name, role=member.role, scope=member.scope, is_active=False
        )
        await StaffSessions(database.sessions, now).end_all(member.number)
        await Audit(database.sessions, now).note(OPERATOR, "staff_disabled", f"staff:{login}")
    typer.echo(words.say("operator.staff_disabled", login=login))


async def _list(settings: Settings, words: Words) -> None:
    async with database_of(settings) as database:
        for it in await Staff(database.sessions, now).all():
            role = words.say(f"console.role_{it.role}")
            region = "、".join(sorted(it.scope.counties)) or words.say("console.region_whole")
            typer.echo(words.say("operator.staff_line", it=it, role=role, region=region))


async def _verify(settings: Settings, words: Words) -> int:
    async with database_of(settings) as database:
        verdict = await Audit(database.sessions, now).verify()
    holds = verdict.broken_at is None
    typer.echo(words.say(f"operator.audit_{'holds' if holds else 'broken'}", verdict=verdict))
    return 0 if holds else 1


async def _list_audit(settings: Settings, words: Words, limit: int) -> None:
    async with database_of(settings) as database:
        for it in await Audit(database.sessions, now).latest(limit):
            at = it.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            typer.echo(words.say("operator.audit_line", it=it, at=at))


async def _new_token(settings: Settings, words: Words, name: str, login: str) -> None:
    async with database_of(settings) as database:
        member = await _known(database, words, login)
        try:
            made = await Tokens(database.sessions, now).make(name, member.number)
        except NameTaken:
            fail(words.say("operator.token_taken", name=name))
        await Audit(database.sessions, now).note(OPERATOR, "token_made", f"token:{name}")
    typer.echo(words.say("operator.token_made", name=name, token=made))


async def _revoke(settings: Settings, words: Words, name: str) -> None:
    async with database_of(settings) as database:
        revoked = await Tokens(database.sessions, now).revoke(name)
        if not revoked:
            fail(words.say("operator.token_unknown", name=name))
        await Audit(database.sessions, now).note(OPERATOR, "token_revoked", f"token:{name}")
    typer.echo(words.say("operator.token_revoked", name=name))


async def _list_tokens(settings: Settings, words: Words) -> None:
    async with database_of(settings) as database:
        for it in await Tokens(database.sessions, now).all():
            made = it.created_at.astimezone().strftime("%Y-%m-%d")
            typer.echo(words.say("operator.token_line", it=it, made=made))
