"""What the journal tells is what the transcripts show, however often it is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from traceback import format_exception

import pytest
from sqlalchemy import event, select, text

from bot.pipeline.messages import (
    DeliveryLine,
    HeardLine,
    Line,
    SaidLine,
    VisitorLine,
    pack_line,
    unpack_line,
)
from bot.records.columns import LONGEST_TEXT, clean_name
from bot.records.database import DOWN, Database
from bot.records.tables import VisitorRow
from bot.records.transcripts import Transcripts
from bot.records.unanswered import Unanswered, UnansweredQuestion
from dialogs.talk import Kind, Outcome

from .postgres import Postgres

MORNING = 1_772_438_400.0  # 2026-03-02 08:00 UTC
ASKED = "灵活就业社保补贴怎么申请？"

Batch = list[tuple[str, Line]]


@pytest.fixture
def transcripts(database: Database) -> Transcripts:
    return Transcripts(database.sessions)


@pytest.fixture
def unanswered(database: Database) -> Unanswered:
    return Unanswered(database.sessions)


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(MORNING + seconds, UTC)


def heard(second: int, words: str = ASKED, urn: str = "telegram:1", **more: str) -> HeardLine:
    return HeardLine(f"e{second}", urn, MORNING + second, words, more.pop("kind", "words"), **more)


def said(second: int, outcome: str = "answered", urn: str = "telegram:1") -> SaidLine:
    event, at = f"e{second}", MORNING + second + 0.5
    return SaidLine(
        event, f"{event}.1", urn, at, "向街道申请。", ["找人工", "菜单"], "policy", outcome,
        ["social"], {"score": 0.91}, ASKED,
    )  # fmt: skip


def delivery(second: int, state: str = "sent", **more: str) -> DeliveryLine:
    return DeliveryLine(f"e{second}.1", "telegram:1", MORNING + second + 0.8, state, **more)


def journal(*lines: Line, partition: int = 17) -> Batch:
    """The lines with the ids that the journal gives them, of which every ninth ends in a 10."""
    return [
        (f"{partition}-{1_526_919_030_474 + number // 11}-{number % 11}", line)
        for number, line in enumerate(lines)
    ]


async def visitors(
    database: Database,
) -> list[tuple[str, str, datetime, datetime, str, str | None]]:
    row = VisitorRow
    columns = (row.urn, row.channel, row.first_seen, row.last_seen, row.state, row.detail)
    async with database.sessions() as session:
        return [tuple(found) for found in await session.execute(select(*columns).order_by(row.urn))]


async def everything(database: Database) -> list[object]:
    """Every row of every table that a batch can touch."""
    names = ("visitors", "messages", "unanswered")
    async with database.sessions() as session:
        found = [await session.execute(text(f"SELECT * FROM {name} ORDER BY id")) for name in names]
        return [tuple(row) for rows in found for row in rows]


async def test_a_turn_is_read_back_as_it_was_written(transcripts: Transcripts) -> None:
    lines = (heard(1), said(1), delivery(1, external="4711"))
    await transcripts.write(journal(*lines))
    question, answer = await transcripts.of("telegram:1", 10)
    assert (question.direction, question.text, question.kind) == ("heard", ASKED, "words")
    assert (question.at, question.ref, question.delivery) == (moment(1), None, None)
    assert (answer.direction, answer.text, answer.asked) == ("said", "向街道申请。", ASKED)
    assert (answer.at, answer.ref, answer.event) == (moment(1.5), "e1.1", "e1")
    assert (answer.script, answer.outcome) == ("policy", "answered")
    assert (answer.policies, answer.buttons) == (["social"], ["找人工", "菜单"])
    assert answer.evidence == {"score": 0.91}
    assert (answer.delivery, answer.delivered_at) == ("sent", moment(1.8))
    assert (answer.external, answer.detail) == ("4711", None)


async def test_a_press_shows_what_was_pressed(transcripts: Transcripts) -> None:
    press = heard(1, "", kind="press", start="policy.show?id=social")
    choice = heard(2, "social", kind="press", question="which")
    await transcripts.write(journal(press, choice))
    started, chosen = await transcripts.of("telegram:1", 10)
    assert (started.kind, started.evidence) == ("press", {"start": "policy.show?id=social"})
    assert (chosen.text, chosen.evidence) == ("social", {"question": "which"})


async def test_a_transcript_reads_in_the_order_of_speech(transcripts: Transcripts) -> None:
    turns = [line for second in range(1, 8) for line in (heard(second), said(second))]
    other = heard(3, "别人说的", urn="web:2")
    await transcripts.write(journal(*turns, other)[::-1])
    told = [line.event for line in await transcripts.of("telegram:1", 4)]
    assert told == ["e6", "e6", "e7", "e7"]
    assert [line.text for line in await transcripts.of("web:2", 4)] == ["别人说的"]
    assert [line.event for line in await transcripts.recent(3)] == ["e7", "e7", "e6"]
    assert len(await transcripts.recent(10**30)) == 15
    assert await transcripts.of("telegram:1", 0) == await transcripts.recent(-1) == []


async def test_replies_of_one_moment_keep_the_order_of_the_journal(
    transcripts: Transcripts,
) -> None:
    replies = [replace(said(1), ref=f"e1.{number}", text=str(number)) for number in range(12)]
    await transcripts.write(journal(*replies)[::-1])
    assert [line.text for line in await transcripts.of("telegram:1", 12)] == list(
        map(str, range(12))
    )


async def test_writing_again_in_part_or_whole_changes_nothing(
    database: Database, transcripts: Transcripts
) -> None:
    lines: list[Line] = []
    for second in range(1, 20):
        outcome = "declined" if second % 3 == 0 else "answered"
        lines += [heard(second), said(second, outcome), delivery(second)]
        lines += [VisitorLine("telegram:1", MORNING + second + 0.9, "stopped")] * (second % 5 == 0)
    batch = journal(*lines)
    await transcripts.write(batch)
    before = await everything(database)
    assert len(before) == 1 + 2 * 19 + 6
    chance = Random(164)
    for _ in range(12):
        start = chance.randrange(len(batch))
        part = batch[start : start + 20]
        await transcripts.write(chance.sample(part, len(part)))
        assert await everything(database) == before


async def test_batches_that_overlap_add_up(database: Database, transcripts: Transcripts) -> None:
    turns = [line for second in range(1, 9) for line in (heard(second), said(second, "declined"))]
    batch = journal(*turns, *(delivery(second) for second in range(1, 9)))
    for start in range(0, len(batch), 3):
        await transcripts.write(batch[start : start + 5])
    spoken = await transcripts.of("telegram:1", 100)
    assert [line.event for line in spoken] == [f"e{n}" for n in range(1, 9) for _ in range(2)]
    assert [line.delivery for line in spoken] == [None, "sent"] * 8
    assert len(await everything(database)) == 1 + 16 + 8


async def test_the_same_message_under_two_journal_ids_is_kept_once(
    transcripts: Transcripts,
) -> None:
    await transcripts.write([("17-1-0", said(1)), ("17-1-1", said(1))])
    await transcripts.write([("17-2-0", said(1))])
    assert [line.journal_id for line in await transcripts.recent(10)] == ["17-1-0"]


async def test_writers_of_the_same_lines_do_not_hinder_each_other(
    database: Database, transcripts: Transcripts
) -> None:
    turns = [
        line
        for second in range(1, 60)
        for urn in (f"telegram:{second % 7}", f"web:{second % 5}")
        for line in (heard(second, urn=urn), replace(said(second, urn=urn), ref=f"{second}{urn}"))
    ]
    batch = journal(*turns)
    chance = Random(164)
    parts = [chance.sample(batch[start : start + 120], 100) for start in range(0, 120, 20)]
    await asyncio.gather(*(transcripts.write(part) for part in [*parts, batch]))
    assert len(await transcripts.recent(1000)) == len(batch)


async def test_a_batch_that_fails_leaves_nothing_and_can_be_written_later(
    database: Database, transcripts: Transcripts, unanswered: Unanswered
) -> None:
    batch = journal(heard(1), said(1, "declined"), delivery(1))
    async with database.sessions.begin() as session:
        await session.execute(text("ALTER TABLE unanswered RENAME TO away"))
    with pytest.raises(DOWN) as failed:
        await transcripts.write(batch)
    assert ASKED not in "".join(format_exception(failed.value))  # it is for the log
    assert await transcripts.recent(10) == await visitors(database) == []
    async with database.sessions.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO unanswered"))
    await transcripts.write(batch)
    assert [line.delivery for line in await transcripts.recent(10)] == ["sent", None]
    assert len(await unanswered.latest(10)) == 1


async def test_a_write_that_is_cancelled_can_be_repeated(transcripts: Transcripts) -> None:
    turns = [line for second in range(100) for line in (heard(second), said(second))]
    batch = journal(*turns)
    for number in range(40):  # cancelled in different places
        writing = asyncio.create_task(transcripts.write(batch))
        await asyncio.sleep(number / 2000)
        writing.cancel()
        assert (await asyncio.wait([writing], timeout=60))[0] == {writing}
        async with asyncio.timeout(60):  # no lock was left behind
            await transcripts.write([(f"1-1-{number}", heard(number, urn="web:2"))])
        assert len(await transcripts.of("telegram:1", 1000)) in (0, 200)
    await transcripts.write(batch)
    assert len(await transcripts.of("telegram:1", 1000)) == 200


async def test_a_connection_that_breaks_does_not_lose_the_batch(
    postgres: Postgres, postgres_url: str
) -> None:
    database = await Database.open(postgres_url)
    other = await Database.open(postgres_url)
    transcripts = Transcripts(database.sessions)
    async with other.sessions() as session:
        await session.execute(text("LOCK TABLE messages"))
        writing = asyncio.create_task(transcripts.write(journal(heard(1), said(1))))
        await postgres.wait_for_lock(postgres_url)
        await postgres.hang_up(postgres_url)
        await writing
        await session.invalidate()
    assert len(await transcripts.recent(10)) == 2
    await other.close()
    await database.close()


async def test_an_empty_batch_is_nothing(transcripts: Transcripts) -> None:
    await transcripts.write([])
    assert await transcripts.recent(10) == []


async def test_a_batch_takes_one_statement_a_table(
    database: Database, transcripts: Transcripts
) -> None:
    run: list[str] = []
    async with database.sessions() as session:
        engine = (await session.connection()).sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: run.append(call[2].split()[0]))
    turns = [
        line
        for second in range(100)
        for line in (heard(second), said(second, "declined"), delivery(second))
    ]
    stop = VisitorLine("telegram:1", MORNING, "stopped")
    await transcripts.write(journal(*turns, stop))
    assert run == ["INSERT", "INSERT", "INSERT", "INSERT", "UPDATE", "INSERT"]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize(
    ("states", "final", "second"),
    [
        ([], "queued", None),
        (["sent"], "sent", 1.8),
        (["sent", "failed"], "sent", 1.8),
        (["failed", "sent"], "failed", None),
        (["gone", "sent"], "gone", None),
        (["unknown"], "unknown", None),
        (["unknown", "failed"], "unknown", None),
        (["unknown", "sent", "unknown"], "sent", 1.8),
        (["sent", "queued"], "sent", 1.8),
    ],
)
async def test_a_delivery_never_goes_back(
    transcripts: Transcripts, together: bool, states: list[str], final: str, second: float | None
) -> None:
    batch = journal(said(1), *(delivery(1, state) for state in states))
    for part in [batch] if together else [[entry] for entry in batch]:
        await transcripts.write(part)
    (message,) = await transcripts.recent(10)
    assert message.delivery == final
    assert message.delivered_at == (None if second is None else moment(second))


async def test_why_a_message_did_not_arrive_is_kept(transcripts: Transcripts) -> None:
    lost = delivery(1, "gone", detail="bot was blocked by the user")
    await transcripts.write(journal(said(1), said(2), lost))
    second, first = await transcripts.recent(10)
    assert (first.delivery, first.detail) == ("gone", "bot was blocked by the user")
    assert (second.delivery, second.detail) == ("queued", None)


async def test_a_delivery_without_its_message_is_passed_over(transcripts: Transcripts) -> None:
    await transcripts.write(journal(delivery(1), said(1)))  # in one batch: the order is nothing
    await transcripts.write([("17-9-0", delivery(2))])
    assert [line.delivery for line in await transcripts.recent(10)] == ["sent"]


async def test_a_visitor_is_seen_from_the_first_word_to_the_last(
    database: Database, transcripts: Transcripts
) -> None:
    await transcripts.write(journal(heard(3), heard(5), heard(4), heard(9, urn="web:2")))
    assert await visitors(database) == [
        ("telegram:1", "telegram", moment(3), moment(5), "active", None),
        ("web:2", "web", moment(9), moment(9), "active", None),
    ]
    for line in (heard(8), said(20), heard(1)):
        await transcripts.write(journal(line))
    found, _ = await visitors(database)
    assert found == ("telegram:1", "telegram", moment(1), moment(8), "active", None)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([heard(1)], "active"),
        ([heard(1), VisitorLine("telegram:1", MORNING + 2, "stopped")], "stopped"),
        ([VisitorLine("telegram:1", MORNING + 2, "stopped"), heard(1)], "stopped"),
        ([VisitorLine("telegram:1", MORNING + 2, "stopped"), heard(3)], "active"),
        ([heard(1), heard(2, "", kind=Kind.LEFT)], "stopped"),
        ([heard(2, "", kind=Kind.LEFT), heard(1)], "stopped"),
        (
            [
                VisitorLine("telegram:1", MORNING + 2, "stopped"),
                VisitorLine("telegram:1", MORNING + 3, "active"),
                heard(1),
            ],
            "active",
        ),
        (
            [
                VisitorLine("telegram:1", MORNING + 3, "active"),
                VisitorLine("telegram:1", MORNING + 2, "stopped"),
            ],
            "active",
        ),
    ],
)
async def test_the_latest_news_of_a_visitor_counts(
    database: Database, transcripts: Transcripts, together: bool, lines: list[Line], state: str
) -> None:
    batch = journal(*lines)
    for part in [batch] if together else [[entry] for entry in batch]:
        await transcripts.write(part)
    ((_, _, _, _, found, _),) = await visitors(database)
    assert found == state


async def test_why_a_visitor_stopped_is_known_until_they_return(
    database: Database, transcripts: Transcripts
) -> None:
    await transcripts.write(journal(heard(1)))
    stopped = VisitorLine("telegram:1", MORNING + 5, "stopped", "blocked")
    await transcripts.write([("17-2-0", stopped)])
    assert await visitors(database) == [
        ("telegram:1", "telegram", moment(1), moment(1), "stopped", "blocked")
    ]
    await transcripts.write([("17-3-0", heard(6))])
    assert await visitors(database) == [
        ("telegram:1", "telegram", moment(1), moment(6), "active", None)
    ]


async def test_what_found_no_answer_is_a_question_for_the_editors(
    transcripts: Transcripts, unanswered: Unanswered
) -> None:
    outcomes = [Outcome.DECLINED, Outcome.ANSWERED, Outcome.CHOICES, Outcome.CHAT, Outcome.HANDOFF]
    lines = [said(second, outcome) for second, outcome in enumerate(outcomes)]
    pressed = replace(said(9, Outcome.DECLINED), asked=" ")  # a button, not a question
    await transcripts.write(journal(*lines, pressed))
    choices, declined = await unanswered.latest(10)
    assert declined == UnansweredQuestion(
        "telegram:1", ASKED, moment(0.5), "declined", {"score": 0.91}
    )
    assert (choices.outcome, choices.at) == ("choices", moment(2.5))
    assert await unanswered.latest(1) == [choices]


NASTY = [
    "\0",
    "a\0b",
    "\ud800",
    "一\udfff二",
    "\x01\x1b[2J",
    "'; DROP TABLE messages; --",
    "焊" * 10**6,
]
NASTY_EVIDENCE = [
    {"n": 10**40, "m": -(2**63), "k": 2**63},
    {"nan": float("nan"), "inf": float("-inf"), "tiny": 5e-324},
    {"\0key\ud800": ["\0", {"deep": "\udfff"}]},
    {"long": "x" * 10**6},
    {"type": object},
]


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
async def test_hostile_text_in_any_place_is_written(
    database: Database, transcripts: Transcripts, unanswered: Unanswered, nasty: str
) -> None:
    urn = f"web:{nasty}"
    batch: Batch = [
        ("17-1-0", HeardLine(nasty, urn, MORNING, nasty, nasty, nasty, nasty)),
        ("17-1-1", replace(said(1, "declined", urn), ref=nasty, event=nasty, text=nasty,
                           buttons=[nasty], script=nasty, policies=[nasty],
                           evidence={nasty: nasty}, asked=f"问{nasty}")),
        ("17-1-2", DeliveryLine(nasty, urn, MORNING, "sent", nasty, nasty)),
        ("17-1-3", VisitorLine(urn, MORNING + 1, "stopped", nasty)),
        (nasty, heard(5)),
    ]  # fmt: skip
    for _ in range(2):
        await transcripts.write(batch)
    asked, answer = await transcripts.of(urn, 10)
    assert (asked.urn, answer.urn) == (clean_name(urn), clean_name(urn))
    assert answer.delivery == "sent"
    assert len(answer.text) == min(len(nasty), LONGEST_TEXT)
    assert len(await transcripts.recent(10)) == 3
    assert [found[4] for found in await visitors(database)] == ["active", "stopped"]
    assert (await unanswered.latest(1))[0].question.startswith("问")


@pytest.mark.parametrize("evidence", NASTY_EVIDENCE, ids=range(len(NASTY_EVIDENCE)))
async def test_hostile_evidence_is_written(
    transcripts: Transcripts, evidence: dict[str, object]
) -> None:
    await transcripts.write([("17-1-0", replace(said(1, "declined"), evidence=evidence))])
    (message,) = await transcripts.recent(1)
    assert message.evidence


@pytest.mark.parametrize("at", [10**30, -(10**30), float("inf"), float("nan"), 253_402_300_799.0])
async def test_hostile_times_are_written(transcripts: Transcripts, at: float) -> None:
    lines = [replace(heard(1), at=at), replace(said(1, "declined"), at=at)]
    told = [*lines, replace(delivery(1), at=at), VisitorLine("telegram:1", at, "stopped")]
    await transcripts.write(journal(*told))
    assert [line.delivery for line in await transcripts.of("telegram:1", 10)] == [None, "sent"]


async def test_what_the_journal_packed_is_what_is_written(transcripts: Transcripts) -> None:
    told = (replace(heard(1), at=float("nan")), said(1, Outcome.ANSWERED), delivery(1))
    await transcripts.write(journal(*(unpack_line(pack_line(line)) for line in told)))
    question, answer = await transcripts.of("telegram:1", 10)
    assert question.at.year == 1970
    assert (answer.evidence, answer.outcome) == ({"score": 0.91}, "answered")
