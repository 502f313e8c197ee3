"""Consents, the ledger of seekers with their wishes, openings, and what came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("purpose", NAME, nullable=False),
        sa.Column("version", NAME, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.UniqueConstraint("key", name="uq_consents_key"),
    )
    op.create_index("ix_consents_urn_purpose_at", "consents", ["urn", "purpose", "at"])
    op.create_table(
        "seekers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("name", NAME, nullable=True),
        sa.Column("phone", NAME, nullable=True),
        sa.Column("county", NAME, nullable=True),
        sa.Column("town", NAME, nullable=True),
        sa.Column("village", NAME, nullable=True),
        sa.Column("age", sa.Integer, nullable=True),
        sa.Column("category", NAME, nullable=True),
        sa.Column("station", NAME, nullable=True),
        sa.Column("officer", NAME, nullable=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("pace", NAME, nullable=False),
        sa.Column("next_push_at", TIME, nullable=True),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("is_example", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seekers"),
        sa.UniqueConstraint("urn", name="uq_seekers_urn"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_seekers_county_state", "seekers", ["county", "state"])
    op.create_index("ix_seekers_state_next_push_at", "seekers", ["state", "next_push_at"])
    op.create_table(
        "wishes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("occupations", JSON, nullable=False),
        sa.Column("counties", JSON, nullable=False),
        sa.Column("towns", JSON, nullable=False),
        sa.Column("away", JSON, nullable=False),
        sa.Column("pay_min", sa.Integer, nullable=True),
        sa.Column("pay_unit", NAME, nullable=True),
        sa.Column("work_type", NAME, nullable=True),
        sa.Column("housing", sa.Boolean, nullable=True),
        sa.Column("meals", sa.Boolean, nullable=True),
        sa.Column("hours", NAME, nullable=True),
        sa.Column("training", NAME, nullable=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=False),
        sa.Column("found", sa.Integer, nullable=True),
        sa.Column("matched_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_wishes"),
        sa.UniqueConstraint("seeker_id", name="uq_wishes_seeker_id"),
    )
    op.create_index("ix_wishes_state", "wishes", ["state"])
    op.create_table(
        "openings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("occupation", NAME, nullable=True),
        sa.Column("employer", NAME, nullable=False),
        sa.Column("county", NAME, nullable=True),
        sa.Column("town", NAME, nullable=True),
        sa.Column("away", NAME, nullable=True),
        sa.Column("address", sa.Text, nullable=True),
        sa.Column("pay_min", sa.Integer, nullable=True),
        sa.Column("pay_max", sa.Integer, nullable=True),
        sa.Column("pay_unit", NAME, nullable=True),
        sa.Column("work_type", NAME, nullable=False),
        sa.Column("housing", sa.Boolean, nullable=True),
        sa.Column("meals", sa.Boolean, nullable=True),
        sa.Column("hours", NAME, nullable=True),
        sa.Column("headcount", sa.Integer, nullable=True),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("requirements", sa.Text, nullable=False),
        sa.Column("contact", NAME, nullable=True),
        sa.Column("phone", NAME, nullable=True),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("published", sa.Date, nullable=False),
        sa.Column("expires", sa.Date, nullable=True),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("source", NAME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("is_example", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
        sa.UniqueConstraint("key", name="uq_openings_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_openings_state_county", "openings", ["state", "county"])
    op.create_index("ix_openings_state_expires", "openings", ["state", "expires"])
    op.create_table(
        "pushes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pushes"),
        sa.UniqueConstraint("key", name="uq_pushes_key"),
    )
    op.create_index("ix_pushes_seeker_id_at", "pushes", ["seeker_id", "at"])
    op.create_index("ix_pushes_state", "pushes", ["state"])
    op.create_table(
        "offers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("push_id", sa.Integer, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("opening_id", sa.Integer, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("offered_at", TIME, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("widened", JSON, nullable=False),
        sa.Column("answer", NAME, nullable=True),
        sa.Column("why", NAME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.UniqueConstraint(
            "seeker_id", "opening_id", "digest", name="uq_offers_seeker_id_opening_id_digest"
        ),
    )
    op.create_index("ix_offers_opening_id", "offers", ["opening_id"])
    op.create_index("ix_offers_push_id", "offers", ["push_id"])
    op.create_table(
        "applications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("opening_id", sa.Integer, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("shares", sa.Boolean, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("note", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("seeker_id", "opening_id", name="uq_applications_seeker_id_opening_id"),
    )
    op.create_index("ix_applications_state_opened_at", "applications", ["state", "opened_at"])
    op.create_table(
        "services",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("staff", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        sa.UniqueConstraint("key", name="uq_services_key"),
    )
    op.create_index("ix_services_seeker_id_at", "services", ["seeker_id", "at"])
    op.create_table(
        "followups",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("seeker_id", sa.Integer, nullable=False),
        sa.Column("application_id", sa.Integer, nullable=True),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("answer", NAME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_followups"),
        sa.UniqueConstraint(
            "seeker_id", "since", "months", name="uq_followups_seeker_id_since_months"
        ),
    )
    op.create_index("ix_followups_due", "followups", ["due"])
