"""A campaign may show a picture above its words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("picture", sa.Text, nullable=True))
