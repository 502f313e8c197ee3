"""Staff, their sign-ins, the audit chain and the API's keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("login", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("counties", JSON, nullable=False),
        sa.Column("towns", JSON, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("totp_secret", NAME, nullable=True),
        sa.Column("totp_step", sa.Integer, nullable=True),
        sa.Column("recovery", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("telegram", NAME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
        sa.UniqueConstraint("telegram", name="uq_staff_telegram"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("token", NAME, nullable=False),
        sa.Column("csrf", NAME, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("address", NAME, nullable=False),
        sa.Column("browser", NAME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.UniqueConstraint("token", name="uq_staff_sessions_token"),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("about", NAME, nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("address", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("number", name="uq_audit_number"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_staff_at", "audit", ["staff", "at"])
    op.create_table(
        "tokens",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("token", NAME, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("name", name="uq_tokens_name"),
        sa.UniqueConstraint("token", name="uq_tokens_token"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("page", NAME, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookmarks"),
        sa.UniqueConstraint("staff_id", "name", name="uq_bookmarks_staff_id_name"),
    )
    for name, kind in (
        ("due_at", TIME),
        ("contact", NAME),
        ("contact_when", NAME),
        ("staff", NAME),
        ("taken_at", TIME),
        ("snoozed_until", TIME),
        ("closed_at", TIME),
        ("outcome", NAME),
        ("nudged_at", TIME),
    ):
        op.add_column("tickets", sa.Column(name, kind, nullable=True))
    op.create_index("ix_tickets_urn", "tickets", ["urn"])
    op.create_table(
        "ticket_notes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket_id", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_notes"),
    )
    op.create_index("ix_ticket_notes_ticket_id_at", "ticket_notes", ["ticket_id", "at"])
