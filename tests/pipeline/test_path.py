"""One message's way from the inbox to the visitor and into the records."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.channels.delivery import Delivery, Gone, Halted, Pace, Refused, Sent, Unsure, Wait
from bot.pipeline import streams
from bot.pipeline.dead import DeadLetters
from bot.pipeline.farbell import CHANNEL
from bot.pipeline.messages import DeliveryLine, HeardLine, Lane, Message, SaidLine, VisitorLine
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import PARTITIONS, Keys
from bot.words import Words
from dialogs.talk import Heard, Kind, Reply, Talk
from tests.conftest import running_line
from tests.pipeline.conftest import TEXTS, House

SOMEBODY = "web:a"


async def total(house: House, hop: str) -> int:
    return sum([await house.line.call("XLEN", Keys(p).key(hop)) for p in range(PARTITIONS)])


async def test_what_is_heard_is_answered_and_recorded(house: House) -> None:
    async with house.open():
        await house.hears(SOMEBODY, "电焊培训")
        await house.until(lambda: len(house.shelf.lines) == 5)
    assert house.channel.texts(SOMEBODY) == ["您好", "您说：电焊培训"]
    kinds = sorted(type(line).__name__ for line in house.shelf.lines.values())
    assert kinds == ["DeliveryLine", "DeliveryLine", "HeardLine", "SaidLine", "SaidLine"]
    said = [it for it in house.shelf.lines.values() if isinstance(it, SaidLine)]
    assert [it.asked for it in said] == ["电焊培训", "电焊培训"]
    assert [await total(house, hop) for hop in ("inbox", "outbox:web", "journal")] == [0, 0, 0]


async def test_that_a_person_joined_is_recorded_once_until_they_leave(house: House) -> None:
    """The desk joins anew with every word; only what changes something has happened."""
    steps = [Kind.TAKEN_OVER, Kind.TAKEN_OVER, Kind.GIVEN_BACK, Kind.GIVEN_BACK, Kind.TAKEN_OVER]
    async with house.open():
        await house.hears(SOMEBODY, *(Heard("王", kind=it) for it in steps), "你好")
        await house.until(lambda: len(house.shelf.lines) == 3 * 3 + 1)
    assert house.channel.texts(SOMEBODY) == ["王来了", "王走了", "王来了"]
    heard = [it.kind for it in house.shelf.lines.values() if isinstance(it, HeardLine)]
    assert sorted(heard) == ["given_back", "taken_over", "taken_over", "words"]


async def test_the_same_thing_accepted_twice_is_heard_once(house: House) -> None:
    async with house.open():
        await house.hears(SOMEBODY, "一")
        house._number = iter([0, 1])  # type: ignore[assignment]
        await house.hears(SOMEBODY, "一", "二")
        await house.until(lambda: "您说：二" in house.channel.texts(SOMEBODY))
    assert house.channel.texts(SOMEBODY) == ["您好", "您说：一", "您说：二"]


async def test_a_visitors_messages_are_answered_in_order(house: House) -> None:
    async def slow_at_first(talk: Talk) -> Reply:
        await asyncio.sleep(0.05 if talk.event.endswith("-0") else 0)
        return Reply("policy.echo", {"said": talk._heard.text if talk._heard else ""})

    house.scripts["policy"] = slow_at_first
    async with house.open():
        await house.hears(SOMEBODY, *(str(number) + "号" for number in range(20)))
        await house.until(lambda: len(house.channel.messages) == 21)
    assert house.channel.texts(SOMEBODY)[1:] == [f"您说：{number}号" for number in range(20)]


async def test_one_slow_visitor_does_not_keep_another_waiting(house: House) -> None:
    gate = asyncio.Event()

    async def waits(talk: Talk) -> Reply:
        if talk.visitor == SOMEBODY:
            await gate.wait()
        return Reply("menu.shown")

    house.scripts["policy"] = waits
    async with house.open():
        await house.hears(SOMEBODY, "一")
        await house.hears("web:b", "二")
        await house.until(lambda: len(house.channel.texts("web:b")) == 2)
        assert house.channel.texts(SOMEBODY) == []
        gate.set()
        await house.until(lambda: len(house.channel.texts(SOMEBODY)) == 2)


async def test_a_poisonous_message_is_buried_and_those_after_it_are_answered(
    house: House,
) -> None:
    async def chokes(talk: Talk) -> Reply:
        if talk._heard is not None and talk._heard.text == "毒":
            raise ZeroDivisionError
        return Reply("menu.shown")

    house.scripts["policy"] = chokes
    async with house.open():
        await house.hears(SOMEBODY, "好", "毒", "毒", *["好"] * 5)
        await house.until(lambda: len(house.channel.messages) == 8)
        letters = await DeadLetters(house.line).all()
        assert [letter.event.heard.text for letter in letters if letter.event] == ["毒", "毒"]
        assert {letter.reason for letter in letters} == {"ZeroDivisionError"}
        # told once, although two were lost
        assert house.channel.texts(SOMEBODY) == ["您好", "菜单", "没处理好", *["菜单"] * 5]
        house.scripts["policy"] = house.scripts["menu"]
        assert await DeadLetters(house.line).replay(letters[0])
        assert not await DeadLetters(house.line).replay(letters[0])
        house.bell.wake("inbox", letters[0].partition)
        await house.until(lambda: len(house.channel.messages) == 9)
        assert len(await DeadLetters(house.line).all()) == 1


async def test_a_session_that_cannot_be_read_begins_anew(house: House) -> None:
    for broken in ("[]", "{", '{"answers": 1}', '"x"'):
        await house.line.call("SET", Keys.of(SOMEBODY).key("session", SOMEBODY), broken)
        async with house.open():
            said = len(house.channel.messages)
            await house.hears(SOMEBODY, "一")
            await house.until(lambda said=said: len(house.channel.messages) == said + 2)


async def test_a_session_that_changed_beneath_a_turn_is_read_and_the_turn_taken_anew(
    house: House,
) -> None:
    key, tries = Keys.of(SOMEBODY).key("session", SOMEBODY), 0

    async def deletes_first(talk: Talk) -> Reply:
        nonlocal tries
        tries += 1
        if tries == 2:  # somebody has the visitor forgotten
            await house.line.call("DEL", key)
        return Reply("menu.shown")

    house.scripts["policy"] = deletes_first
    async with house.open():
        await house.hears(SOMEBODY, "一", "二")
        await house.until(lambda: len(house.channel.messages) == 4)
    assert tries == 3
    assert house.channel.texts(SOMEBODY) == ["您好", "菜单", "您好", "菜单"]


async def test_while_the_records_are_down_a_turn_waits_and_is_no_dead_letter(
    house: House,
) -> None:
    tries = 0

    async def needs_records(talk: Talk) -> Reply:
        nonlocal tries
        tries += 1
        if not house.shelf.is_up:
            raise OSError("database")
        return Reply("menu.shown")

    house.scripts["policy"] = needs_records
    house.shelf.is_up = False
    async with house.open():
        await house.hears(SOMEBODY, "一")
        await house.until(lambda: tries == 2)
        house.shelf.is_up = True
        await house.until(lambda: len(house.channel.messages) == 2)
    assert await DeadLetters(house.line).all() == []


async def test_a_commit_after_the_lease_is_lost_changes_nothing(house: House) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def stalls(talk: Talk) -> Reply:
        begun.set()
        await gate.wait()
        return Reply("menu.shown")

    house.scripts["policy"] = stalls
    keys = Keys.of(SOMEBODY)
    async with house.open():
        await house.hears(SOMEBODY, "一")
        await begun.wait()
        await house.line.call("SET", keys.key("owner"), "another")
        gate.set()
        await asyncio.sleep(0.1)
        assert house.channel.messages == []
        assert await house.line.call("XLEN", keys.key("inbox")) == 1
        assert await house.line.call("GET", keys.key("session", SOMEBODY)) is None
        await house.line.call("DEL", keys.key("owner"))
        await house.leases.beat()  # ours again, under a new token: the event is taken anew
        await house.until(lambda: len(house.channel.messages) == 2)


async def test_two_processes_share_the_visitors_and_hand_over_when_one_stops(
    house: House, redis_socket: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_EVERY", 600.0)  # no reader looks by itself
    async with running_line(redis_socket) as second_line:  # type: ignore[arg-type]
        second = House(second_line, "second")
        async with house.open():
            async with second.open():
                while await listeners(house) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                await house.leases.beat()  # sees the other, gives it its share
                await second.leases.beat()
                assert len(house.leases.owned()) + len(second.leases.owned()) == PARTITIONS
                assert 10 < len(second.leases.owned()) < PARTITIONS - 10
                for number in range(40):  # accepted by one, answered by the owner
                    await house.hears(f"web:{number}", "你好")
                await house.until(
                    lambda: len(house.channel.messages) + len(second.channel.messages) == 80
                )
                assert house.channel.messages
                assert second.channel.messages
            await house.leases.beat()
            assert len(house.leases.owned()) == PARTITIONS


async def listeners(house: House) -> int:
    """How many processes hear each other's bells."""
    [_, many] = await house.line.call("PUBSUB", "NUMSUB", CHANNEL)
    return int(many)


async def test_a_delivery_of_each_kind_ends_or_waits_as_the_table_says(house: House) -> None:
    fates: dict[str, list[Delivery]] = {
        "web:wait": [Wait(0.05), Wait(0.05)] + [Wait(0.01)] * 6,
        "web:gone": [Gone("blocked")],
        "web:refused": [Refused("bad")],
        "web:unsure": [Unsure("502")],
    }

    async def fate(message: Message) -> Delivery:
        left = fates.get(message.urn, [])
        return left.pop(0) if left else Sent("9")

    house.channel.fate = fate
    async with house.open():
        for urn in fates:
            await house.hears(urn, Heard("", kind=Kind.UNREADABLE))
        await house.until(
            lambda: sum(isinstance(it, DeliveryLine) for it in house.shelf.lines.values()) == 8
        )
    ends: dict[str, list[str]] = {}
    for line in house.shelf.lines.values():
        if isinstance(line, DeliveryLine):
            ends.setdefault(line.urn, []).append(line.state)
    assert ends["web:wait"] == ["sent", "sent"]
    assert sorted(ends["web:gone"]) == ["gone", "sent"]
    assert sorted(ends["web:refused"]) == ["failed", "sent"]
    assert ends["web:unsure"] == ["sent", "sent"]
    stopped = [it for it in house.shelf.lines.values() if isinstance(it, VisitorLine)]
    assert [(it.urn, it.state) for it in stopped] == [("web:gone", "stopped")]


async def test_a_halted_channel_keeps_its_messages(house: House) -> None:
    async def revoked(message: Message) -> Delivery:
        return Halted("401")

    house.channel.fate = revoked
    async with house.open():
        await house.hears(SOMEBODY, "一")
        await house.until(lambda: house.sender.halted is not None)
    assert house.sender.halted == "401"
    assert await total(house, "outbox:web") == 2
    house.channel.fate = None
    async with house.open():  # the token was mended, the service started again
        await house.until(lambda: len(house.channel.messages) == 2)


@pytest.mark.parametrize("has_left", [False, True])
async def test_a_push_whose_send_was_broken_off_is_left_and_said_to_be_unknown(
    house: House, has_left: bool
) -> None:
    words = Words(TEXTS, {})
    outbox = Outbox(house.line, house.bell, lambda: words)
    key = Keys.of(SOMEBODY).key("sending")
    assert await outbox.say(SOMEBODY, Reply("menu.shown"), "push-1", Lane.BULK, once=True)
    assert not await outbox.say(SOMEBODY, Reply("menu.shown"), "push-1", Lane.BULK, once=True)
    [[entry, _]] = await house.line.call("XRANGE", Keys.of(SOMEBODY).key("bulk:web"), "-", "+")
    await house.line.call("HSET", key, entry, 1)  # as a process that died in the send leaves it
    if has_left:
        await house.line.call("SADD", Keys.of(SOMEBODY).key("stopped"), SOMEBODY)
    async with house.open():
        await house.until(lambda: len(house.shelf.lines) == 2)
    [delivery] = [it for it in house.shelf.lines.values() if isinstance(it, DeliveryLine)]
    assert delivery.state == "unknown"
    assert house.channel.messages == []


async def test_who_left_is_sent_nothing_unasked_until_they_return(house: House) -> None:
    words = Words(TEXTS, {})
    outbox = Outbox(house.line, house.bell, lambda: words)
    async with house.open():
        await house.hears(SOMEBODY, Heard(kind=Kind.LEFT))
        await house.until(lambda: len(house.shelf.lines) == 1)
        await outbox.say(SOMEBODY, Reply("menu.shown"), "push-1", Lane.BULK)
        await house.until(lambda: any(_is_gone(it) for it in house.shelf.lines.values()))
        await house.hears(SOMEBODY, Heard(kind=Kind.RETURNED))
        await house.until(
            lambda: any(
                isinstance(it, VisitorLine) and it.state == "active"
                for it in house.shelf.lines.values()
            )
        )
        await outbox.say(SOMEBODY, Reply("menu.shown"), "push-2", Lane.BULK)
        await house.until(lambda: len(house.channel.messages) == 1)


def _is_gone(line: object) -> bool:
    return isinstance(line, DeliveryLine) and line.state == "gone"


async def test_a_journal_line_that_cannot_be_written_is_laid_aside_the_others_are_not(
    house: House,
) -> None:
    def refuses(batch: list[tuple[str, object]]) -> None:
        if any(isinstance(it, HeardLine) and it.text == "坏" for _, it in batch):
            raise ValueError("cannot be written")

    house.shelf.fault = refuses  # type: ignore[assignment]
    async with house.open():
        await house.hears(SOMEBODY, "好", "坏", "好的")
        await house.until(lambda: len(house.shelf.lines) == 10)
        await house.until(lambda: not house.bell._rung["journal"].partitions)
    [letter] = await DeadLetters(house.line).all()
    assert "坏" in letter.raw
    assert await total(house, "journal") == 0


async def test_bulk_waits_while_replies_go_first(house: House) -> None:
    house.channel.pace = Pace(rate=10.0, chat_rate=1000.0)
    words = Words(TEXTS, {})
    outbox = Outbox(house.line, house.bell, lambda: words)
    async with house.open():
        began = time.monotonic()
        for number in range(100):
            await outbox.say(f"web:{number}", Reply("menu.shown"), "push", Lane.BULK)
        await asyncio.sleep(0.2)
        sent, took = len(house.channel.messages), time.monotonic() - began
        assert sent <= took * 10 + 1
        await house.hears("web:asks", "问")
        await house.until(lambda: len(house.channel.texts("web:asks")) == 2)
        assert len(house.channel.messages) < 100  # they take ten seconds


async def test_an_entry_that_nothing_can_read_is_laid_aside_and_the_next_is_served(
    house: House,
) -> None:
    keys = Keys.of(SOMEBODY)
    async with house.open():
        for hop in ("inbox", "outbox:web"):
            for packed in ("", "{", "[]", '{"urn": 1}'):
                await house.line.call("XADD", keys.key(hop), "*", "d", packed)
            house.bell.ring(hop, keys.partition)
        await house.hears(SOMEBODY, "一")
        await house.until(lambda: len(house.channel.messages) == 2)
        assert len(await DeadLetters(house.line).all()) == 8
    assert await total(house, "inbox") + await total(house, "outbox:web") == 0
