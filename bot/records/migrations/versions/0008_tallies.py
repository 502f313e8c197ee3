"""What the conversations of a day came to, kept when they are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
SUMS = (
    "talks", "turns", "answered", "choices", "declined", "handoffs", "useful", "useless",
    "undelivered",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("county", NAME, nullable=False),
        sa.Column("town", NAME, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("id", name="pk_tallies"),
        sa.UniqueConstraint(
            "day", "channel", "county", "town", name="uq_tallies_day_channel_county_town"
        ),
    )
