"""The tallies of days that are over, kept while their conversations are still there: what changes
one of these has its day tallied anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
PLACE = ("day", "channel", "county", "town")
FIGURES = (
    "is_talk", "turns", "answered", "choices", "declined", "handoffs", "useful", "useless",
    "undelivered", "first_response",
)  # fmt: skip

# Marks the day of a conversation, and the later ones on which the visitor was here again: whether
# it was a first visit depends on those before. What is deleted when its time is over marks none.
_MARK_DAYS = """
    INSERT INTO tally_marks (day)
    SELECT day FROM tally_days WHERE NOT is_final
    AND (day = {row}.day
        OR day IN (SELECT day FROM conversations WHERE urn = {row}.urn AND day > {row}.day))
    AND NOT EXISTS (SELECT 1 FROM tally_days WHERE day = {row}.day AND is_final);
"""
_MARK_PLACES = """
    INSERT INTO tally_marks (day)
    SELECT day FROM tally_days WHERE NOT is_final
    AND day IN (SELECT day FROM conversations WHERE urn = {row}.urn);
"""
_DIFFERS = {
    "conversations": tuple(FIGURES),
    "seekers": ("county", "town"),
}


def upgrade() -> None:
    op.create_table(
        "tally_days",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("is_final", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally_days"),
        sa.UniqueConstraint("day", name="uq_tally_days_day"),
    )
    op.create_table(
        "tally_marks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally_marks"),
    )
    op.create_index("ix_tally_marks_day", "tally_marks", ["day"])
    op.create_table(
        "tally_responses",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *(sa.Column(name, NAME, nullable=False) for name in PLACE[1:]),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("talks", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally_responses"),
    )
    op.create_index("ix_tally_responses_day", "tally_responses", ["day"])
    with op.batch_alter_table("tallies") as tallies:
        tallies.add_column(
            sa.Column("before", sa.Date, nullable=False, server_default="0001-01-01")
        )
        tallies.drop_constraint("uq_tallies_day_channel_county_town", type_="unique")
        tallies.create_unique_constraint(
            "uq_tallies_day_channel_county_town_before", [*PLACE, "before"]
        )
    with op.batch_alter_table("tallies") as tallies:
        tallies.alter_column("before", server_default=None)
    op.execute("INSERT INTO tally_days (day, is_final) SELECT DISTINCT day, true FROM tallies")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    made = []
    for table, what, row in _events():
        columns = _DIFFERS[table]
        of = f" OF {', '.join(columns)}" if what == "UPDATE" else ""
        when = _row_differs(columns) if what == "UPDATE" else "true"
        if table == "conversations":
            when += f" AND EXISTS (SELECT 1 FROM tally_days WHERE day >= {row}.day)"
        made.append(
            f"CREATE TRIGGER {table}_tally_{what.lower()} AFTER {what}{of} ON {table}"
            f" WHEN {when} BEGIN {_mark(table).format(row=row)} END"
        )
    return made


def _postgresql() -> list[str]:
    made = []
    for table, what, row in _events():
        columns, name = _DIFFERS[table], f"{table}_tally_{what.lower()}"
        of = f" OF {', '.join(columns)}" if what == "UPDATE" else ""
        when = f" WHEN ({_row_differs(columns)})" if what == "UPDATE" else ""
        is_over = f"EXISTS (SELECT 1 FROM tally_days WHERE day >= {row}.day)"
        unless = f"IF NOT {is_over} THEN RETURN NULL; END IF;"
        first = unless if table == "conversations" else ""
        made += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" {first} {_mark(table).format(row=row)} RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {what}{of} ON {table}"
            f" FOR EACH ROW{when} EXECUTE FUNCTION {name}()",
        ]
    return made


def _events() -> list[tuple[str, str, str]]:
    """Table, what happens to a row of it, and the row as it was or is."""
    rows = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
    return [(table, what, row) for table in _DIFFERS for what, row in rows.items()]


def _mark(table: str) -> str:
    return _MARK_DAYS if table == "conversations" else _MARK_PLACES


def _row_differs(columns: tuple[str, ...]) -> str:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"OLD.{it} {differs} NEW.{it}" for it in columns) + ")"
