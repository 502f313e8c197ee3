"""Conversations and what supervisors do with them, the words to find messages by, and changes of
the content. What was said before is summed up and indexed by the service once it runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.String(200)
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

COUNTS = (
    "turns", "answered", "choices", "declined", "handoffs", "useful", "useless", "undelivered",
    "seconds",
)  # fmt: skip

# Every way a message is deleted cleans the index and has its conversation summed up anew.
SQLITE = (
    "CREATE VIRTUAL TABLE message_words USING fts5(words, detail = none, tokenize = 'ascii')",
    """
    CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
        DELETE FROM message_words WHERE rowid = OLD.id;
        UPDATE conversations SET stale = stale + 1
        WHERE urn = OLD.urn AND day = date(OLD.at, '+8 hours');
    END
    """,
    """
    CREATE TRIGGER conversations_gone AFTER DELETE ON conversations BEGIN
        DELETE FROM conversation_tags WHERE conversation_id = OLD.id;
        DELETE FROM readings WHERE conversation_id = OLD.id;
        DELETE FROM points WHERE conversation_id = OLD.id;
        DELETE FROM samples WHERE conversation_id = OLD.id;
    END
    """,
    """
    INSERT INTO conversations (
        urn, day, channel, at, until, stale, is_talk, turns, answered, choices, declined, handoffs,
        useful, useless, undelivered, seconds, has_personal
    )
    SELECT urn, date(at, '+8 hours'), substr(urn, 1, instr(urn || ':', ':') - 1),
        min(at), max(at), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM messages WHERE at < '9999-12-30' GROUP BY 1, 2, 3
    """,
)
POSTGRESQL = (
    "CREATE TABLE message_words (message_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX ix_message_words_words ON message_words USING gin (words)",
    """
    CREATE OR REPLACE FUNCTION messages_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM message_words WHERE message_id IN (SELECT id FROM gone);
        UPDATE conversations SET stale = stale + 1
        WHERE (urn, day) IN (
            SELECT urn, (at AT TIME ZONE 'Asia/Shanghai')::date FROM gone
        );
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER messages_gone AFTER DELETE ON messages
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION messages_gone()
    """,
    """
    CREATE OR REPLACE FUNCTION conversations_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM conversation_tags WHERE conversation_id IN (SELECT id FROM gone);
        DELETE FROM readings WHERE conversation_id IN (SELECT id FROM gone);
        DELETE FROM points WHERE conversation_id IN (SELECT id FROM gone);
        DELETE FROM samples WHERE conversation_id IN (SELECT id FROM gone);
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER conversations_gone AFTER DELETE ON conversations
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION conversations_gone()
    """,
    """
    INSERT INTO conversations (
        urn, day, channel, at, until, stale, is_talk, turns, answered, choices, declined, handoffs,
        useful, useless, undelivered, seconds, has_personal
    )
    SELECT urn, (at AT TIME ZONE 'Asia/Shanghai')::date, split_part(urn, ':', 1),
        min(at), max(at), 1, true, 0, 0, 0, 0, 0, 0, 0, 0, 0, false
    FROM messages GROUP BY 1, 2, 3
    """,
)


def upgrade() -> None:
    _conversations()
    _readings()
    _samples()
    _changes()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("stale", sa.Integer, nullable=False),
        sa.Column("is_talk", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        sa.Column("first_response", sa.Integer, nullable=True),
        sa.Column("longest_wait", sa.Integer, nullable=True),
        sa.Column("has_personal", sa.Boolean, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("read_by", NAME, nullable=True),
        sa.Column("score", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("urn", "day", name="uq_conversations_urn_day"),
    )
    is_stale = sa.text("stale > 0")
    op.create_index(
        "ix_conversations_stale", "conversations", ["stale"],
        sqlite_where=is_stale, postgresql_where=is_stale,
    )  # fmt: skip
    op.create_index("ix_conversations_is_talk_at_id", "conversations", ["is_talk", "at", "id"])
    op.create_index("ix_conversations_day", "conversations", ["day"])
    op.create_table(
        "conversation_tags",
        *_of_conversation(),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("value", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_tags"),
        sa.UniqueConstraint(
            "conversation_id", "kind", "value",
            name="uq_conversation_tags_conversation_id_kind_value",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_conversation_tags_kind_value_at_conversation_id",
        "conversation_tags",
        ["kind", "value", "at", "conversation_id"],
    )
    op.create_index("ix_conversation_tags_urn", "conversation_tags", ["urn"])


def _readings() -> None:
    op.create_table(
        "readings",
        *_of_conversation(),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("correct", "complete", "kind", "in_time")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sa.UniqueConstraint("conversation_id", "staff", name="uq_readings_conversation_id_staff"),
    )
    op.create_index("ix_readings_at", "readings", ["at"])
    op.create_index("ix_readings_urn", "readings", ["urn"])
    op.create_table(
        "points",
        *_of_conversation(),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_points"),
    )
    op.create_index("ix_points_conversation_id_at", "points", ["conversation_id", "at"])
    op.create_index("ix_points_due", "points", ["due"])
    op.create_index("ix_points_urn", "points", ["urn"])


def _samples() -> None:
    op.create_table(
        "sampling_plans",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("a_week", sa.Integer, nullable=False),
        sa.Column("unanswered", sa.Integer, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sampling_plans"),
        sa.UniqueConstraint("name", name="uq_sampling_plans_name"),
    )
    op.create_table(
        "samples",
        *_of_conversation(),
        sa.Column("at", TIME, nullable=False),
        sa.Column("plan_id", sa.Integer, nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_samples"),
        sa.UniqueConstraint(
            "plan_id", "week", "conversation_id", name="uq_samples_plan_id_week_conversation_id"
        ),
    )
    op.create_index("ix_samples_conversation_id", "samples", ["conversation_id"])
    op.create_index("ix_samples_urn", "samples", ["urn"])


def _changes() -> None:
    op.create_table(
        "content_changes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("staff", NAME, nullable=False),
        sa.Column("file", NAME, nullable=False),
        sa.Column("before", sa.Text, nullable=True),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("decided_by", NAME, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_content_changes"),
    )
    op.create_index("ix_content_changes_state_at", "content_changes", ["state", "at"])


def _of_conversation() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urn", NAME, nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
    )
