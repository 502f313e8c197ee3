"""Visitors, messages, tickets, feedback and unanswered questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("state_at", TIME, nullable=False),
        sa.Column("detail", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visitors"),
        sa.UniqueConstraint("urn", name="uq_visitors_urn"),
    )
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("journal_id", NAME, nullable=False),
        sa.Column("ref", NAME, nullable=True),
        sa.Column("event", NAME, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("direction", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", NAME, nullable=True),
        sa.Column("script", NAME, nullable=True),
        sa.Column("outcome", NAME, nullable=True),
        sa.Column("policies", JSON, nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("buttons", JSON, nullable=False),
        sa.Column("asked", sa.Text, nullable=True),
        sa.Column("delivery", NAME, nullable=True),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("external", NAME, nullable=True),
        sa.Column("detail", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("journal_id", name="uq_messages_journal_id"),
        sa.UniqueConstraint("ref", name="uq_messages_ref"),
    )
    op.create_index("ix_messages_urn_at", "messages", ["urn", "at"])
    op.create_index("ix_messages_at", "messages", ["at"])
    op.create_table(
        "tickets",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("key", name="uq_tickets_key"),
        sqlite_autoincrement=True,  # a ticket's number is never given twice
    )
    op.create_index("ix_tickets_state_opened_at", "tickets", ["state", "opened_at"])
    op.create_table(
        "feedback",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("about", NAME, nullable=False),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("key", name="uq_feedback_key"),
    )
    op.create_index("ix_feedback_about_at", "feedback", ["about", "at"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
    op.create_table(
        "unanswered",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("journal_id", NAME, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("outcome", NAME, nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered"),
        sa.UniqueConstraint("journal_id", name="uq_unanswered_journal_id"),
    )
    op.create_index("ix_unanswered_at", "unanswered", ["at"])


def downgrade() -> None:
    for table in ("unanswered", "feedback", "tickets", "messages", "visitors"):
        op.drop_table(table)
