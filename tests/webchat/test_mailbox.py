from __future__ import annotations

import pytest

from bot.channels.delivery import Sent
from bot.channels.webchat.mailbox import Letter, Mailbox, Who
from bot.pipeline.line import StorageDown
from bot.pipeline.messages import Button, Message
from bot.pipeline.partitions import Keys

URN = "web:0123456789abcdef0123456789abcdef"


def said(text: str) -> Letter:
    return Letter(Who.HOTLINE, text, (Button("好", "confirm=好"),))


async def test_letters_come_back_in_order_and_whole(service):
    mailbox = Mailbox(service.line)
    ids = [await mailbox.put(URN, f"ref.{number}", said(f"第{number}封")) for number in range(3)]
    posted = await mailbox.after(URN, "0")
    assert [one.at for one in posted] == ids
    assert [one.letter for one in posted] == [said(f"第{number}封") for number in range(3)]
    assert [one.at for one in await mailbox.after(URN, ids[0])] == ids[1:]


async def test_a_reply_is_delivered_once_by_its_name(service):
    message = Message(URN, "1-0.0", "您好", (Button("找工作", "/wish"),))
    address = URN.removeprefix("web:")
    first = await service.site.channel.send(address, message)
    again = await service.site.channel.send(address, message)
    assert first == again
    [posted] = await Mailbox(service.line).after(URN, "0")
    assert first == Sent(posted.at)
    assert posted.letter == Letter(Who.HOTLINE, "您好", (Button("找工作", "/wish"),))


async def test_the_same_mark_of_two_visitors_is_two_letters(service):
    mailbox = Mailbox(service.line)
    other = "web:another"
    await mailbox.put(URN, "message-1", said("一"))
    await mailbox.put(other, "message-1", said("二"))
    [posted] = await mailbox.after(other, "0")
    assert posted.letter.text == "二"


async def test_a_mailbox_is_bounded_and_expires(service):
    mailbox = Mailbox(service.line, kept_for=1000)
    for number in range(600):
        await mailbox.put(URN, f"ref.{number}", said(str(number)))
    key = Keys.of(URN).key("mailbox", URN)
    assert 400 <= await service.line.call("XLEN", key) <= 500
    assert 990 <= await service.line.call("TTL", key) <= 1000
    marks = [key async for key in service.line.redis.scan_iter(match="*mailed*")]
    assert len(marks) == 600
    for mark in marks[:10]:
        assert 0 < await service.line.call("TTL", mark) <= 48 * 3600


async def test_everything_of_one_visitor_lies_in_one_slot_of_a_cluster(service):
    await Mailbox(service.line).put(URN, "ref.1", said("一"))
    keys = [key.decode() async for key in service.line.redis.scan_iter()]
    partition = f"{{{Keys.of(URN).partition}}}"
    assert len(keys) == 2
    assert all(partition in key for key in keys)


async def test_a_forgotten_mailbox_is_empty(service):
    mailbox = Mailbox(service.line)
    await mailbox.put(URN, "ref.1", said("一"))
    await mailbox.forget(URN)
    assert await mailbox.after(URN, "0") == []


async def test_without_redis_it_says_so(service, redis_server):
    service.echo.silent = True
    redis_server.kill()
    with pytest.raises(StorageDown):
        await Mailbox(service.line).put(URN, "ref.1", said("一"))
    with pytest.raises(StorageDown):
        await service.site.channel.send(URN, Message(URN, "ref.1", "一"))
