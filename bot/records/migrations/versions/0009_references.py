"""An opening may bear the bureau's own number, by which programs put it in and replace it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("openings", sa.Column("reference", sa.String(200), nullable=True))
    op.create_index("ix_openings_reference", "openings", ["reference"], unique=True)
