"""How the tables came to be, step by step; `upgrade` takes the steps that are still missing.

A new step: `versions/<number>_<what>.py`, whose `down_revision` names the step before it. A step
never changes once it has been released, and uses plain SQLAlchemy types: `bot.records.tables` goes
on changing, what the step did does not.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

LATEST = "0010"  # the last step: tables that have taken it need none


class UnknownVersion(Exception):
    """The tables have taken a step that this version of the program does not know."""


def upgrade(connection: Connection, to: str = "head") -> None:
    """Take every missing step inside the caller's transaction. Raises UnknownVersion."""
    if to == "head" and _version(connection) == LATEST:
        return
    # Half a second of imports, and nearly always there is no step to take.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "bot.records:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise UnknownVersion(str(error)) from error


def _version(connection: Connection) -> str | None:
    """The last step the tables have taken."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
