"""Campaigns, their recipients, who did what with them, and who wants none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("exclusions", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("buttons", JSON, nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("starts_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("per_day", sa.Integer, nullable=True),
        sa.Column("state_at", TIME, nullable=False),
        sa.Column("state_reason", sa.Text, nullable=True),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("frozen_by", NAME, nullable=True),
        sa.Column("approved_by", NAME, nullable=True),
        sa.Column("begun_at", TIME, nullable=True),
        sa.Column("frozen", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("key", name="uq_campaigns_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_campaigns_state", "campaigns", ["state"])
    op.create_table(
        "recipients",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("county", NAME, nullable=True),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("quiet_from", sa.Integer, nullable=False),
        sa.Column("quiet_until", sa.Integer, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", NAME, nullable=True),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fed_at", TIME, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("interested_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
        sa.UniqueConstraint("campaign_id", "urn", name="uq_recipients_campaign_id_urn"),
    )
    op.create_index(
        "ix_recipients_campaign_id_state_channel_id",
        "recipients",
        ["campaign_id", "state", "channel", "id"],
    )
    op.create_index("ix_recipients_campaign_id_fed_at", "recipients", ["campaign_id", "fed_at"])
    op.create_index("ix_recipients_urn_fed_at", "recipients", ["urn", "fed_at"])
    op.create_table(
        "campaign_events",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("detail", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_events"),
        sa.UniqueConstraint("key", name="uq_campaign_events_key"),
    )
    op.create_index("ix_campaign_events_campaign_id", "campaign_events", ["campaign_id"])
    op.create_table(
        "preferences",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("muted_at", TIME, nullable=True),
        sa.Column("muted_by", sa.Integer, nullable=True),
        sa.Column("quiet_from", sa.Integer, nullable=True),
        sa.Column("quiet_until", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_preferences"),
        sa.UniqueConstraint("urn", name="uq_preferences_urn"),
    )
