from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from bot.pipeline.line import MOST_AT_ONCE, Line, LuaScript, StorageDown
from bot.tasks import together


async def test_every_call_gets_its_own_answer_however_many_there_are(line: Line) -> None:
    many = 3 * MOST_AT_ONCE
    await asyncio.gather(*(line.call("SET", f"k{n}", n) for n in range(many)))
    found = await asyncio.gather(*(line.call("GET", f"k{n}") for n in range(many)))
    assert found == [str(n).encode() for n in range(many)]


async def test_a_call_that_is_refused_harms_no_other(line: Line) -> None:
    calls = (line.call("SET", "a", "1"), line.call("INCR", "a", "x"), line.call("GET", "a"))
    done, refused, found = await asyncio.gather(*calls, return_exceptions=True)
    assert (done, found) == (True, b"1")
    assert isinstance(refused, ResponseError)


async def test_answers_are_read_as_redis_py_reads_them(line: Line) -> None:
    await line.call("HSET", "h", "a", "1")
    await line.call("XADD", "s", "1-1", "d", "x")
    assert await line.call("HGETALL", "h") == {b"a": b"1"}
    assert await line.call("XRANGE", "s", "-", "+") == [(b"1-1", {b"d": b"x"})]
    assert (await line.call("CONFIG GET", "appendfsync")) == {"appendfsync": "always"}


async def test_one_who_gives_up_leaves_the_answers_to_the_others(line: Line) -> None:
    first, second = line.call("GET", "nothing"), line.call("PING")
    await asyncio.sleep(0)
    first.cancel()
    assert await second is True


async def test_calls_that_go_together_are_obeyed_as_one_even_when_one_is_no_command(
    line: Line, redis_socket: Path
) -> None:
    async with Redis(unix_socket_path=str(redis_socket)) as other:
        before = (await other.info("commandstats")).get("cmdstat_exec", {"calls": 0})["calls"]
        await asyncio.gather(line.call("SET", "a", "1"), line.call("SET", "b", "2"))
        assert (await other.info("commandstats"))["cmdstat_exec"]["calls"] == before + 1
    calls = (line.call("SET", "a", "3"), line.call("NONSENSE"), line.call("GET", "a"))
    done, refused, found = await asyncio.gather(*calls, return_exceptions=True)
    assert (done, found) == (True, b"3")
    assert isinstance(refused, ResponseError)


async def test_a_script_is_loaded_when_redis_does_not_know_it(line: Line) -> None:
    script = LuaScript("return ARGV[1] .. KEYS[1]", "0" * 40)
    assert await line.script(script, ["b"], "a") == b"ab"


async def test_a_connection_that_is_lost_is_told_once_and_made_anew(
    line: Line, redis_socket: Path
) -> None:
    await line.call("PING")
    assert line._wire is not None
    line._wire.close()
    assert await line.call("PING") is True
    number = await line.call("CLIENT ID")
    waiting = line.call("BLPOP", "nothing", 0)
    async with Redis(unix_socket_path=str(redis_socket)) as other:
        await other.client_kill_filter(_id=str(number))
    with pytest.raises(StorageDown):
        await waiting
    assert await line.call("PING") is True


async def test_a_redis_that_is_not_there_is_storage_that_is_down() -> None:
    async with Redis(unix_socket_path="/nowhere", retry=Retry(NoBackoff(), 0)) as redis:
        line = Line(redis)
        async with together(line.run()):
            with pytest.raises(StorageDown):
                await line.call("PING")
            assert line._wire is None
