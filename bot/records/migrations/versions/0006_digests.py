"""The day's pushes are a campaign: a recipient may carry a push, with buttons of its own, and be in
one campaign more than once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("recipients") as recipients:
        recipients.add_column(sa.Column("push_id", sa.Integer, nullable=True))
        recipients.add_column(sa.Column("buttons", JSON, nullable=True))
        recipients.drop_constraint("uq_recipients_campaign_id_urn", type_="unique")
    _unique("uq_recipients_campaign_id_urn", ["campaign_id", "urn"], "push_id IS NULL")
    _unique("uq_recipients_push_id", ["push_id"], "push_id IS NOT NULL")
    # What was planned by the version before may have been said by it, and is not said again.
    op.execute("UPDATE pushes SET state = 'withdrawn' WHERE state = 'planned'")


def _unique(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "recipients", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )
