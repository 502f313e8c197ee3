"""What Alembic runs around the steps: they go to the connection that `upgrade` was given."""

from __future__ import annotations

from alembic import context

from bot.records.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a column only by copying its table
)
with context.begin_transaction():
    context.run_migrations()
