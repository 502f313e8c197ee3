"""How the tables came to be, step by step; `upgrade` takes the steps that are still missing.

A new step: `versions/<number>_<what>.py`, whose `down_revision` names the step before it. A step
never changes once it has been released, and uses plain SQLAlchemy types: `bot.records.tables` goes
on changing, what the step did does not.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, to: str = "head") -> None:
    """Take every missing step inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", "bot.records:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
