from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.channels.telegram import wires
from bot.channels.telegram.wires import IDLE, LARGEST, Answer, Broken, Unreachable, Wires
from tests.telegram.conftest import until

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'
FINE = Answer(200, b'{"ok":true}')

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each POST with the next of `answers`, written in its pieces; then hangs up."""

    def __init__(self) -> None:
        self.answers: list[tuple[bytes, ...]] = []
        self.asked: list[bytes] = []
        self.connections = self.over = 0
        self.present = self.most = 0
        self.is_open = asyncio.Event()  # else no answer comes
        self.is_open.set()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                await self._answer(writer, self.answers.pop(0))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.over += 1

    async def hears(self, many: int) -> None:
        """Wait until so many were asked."""
        await until(lambda: len(self.asked) >= many)

    async def _answer(self, writer: asyncio.StreamWriter, pieces: tuple[bytes, ...]) -> None:
        self.present += 1
        self.most = max(self.most, self.present)
        await self.is_open.wait()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        self.present -= 1


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        server.answers.clear()


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Wires]:
    line = Wires(f"http://127.0.0.1:{server.port}")
    yield line
    line.close()


async def say(line: Wires, within: float = 60.0) -> Answer:
    return await line.post("/bot1:a/sendMessage", b'{"text":"x"}', within, 60.0)


async def test_posts_one_after_another_share_a_connection(server: Server, line: Wires) -> None:
    server.answers = [(OK,), (OK,), (OK,)]
    assert [await say(line) for _ in range(3)] == [FINE] * 3
    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /bot1:a/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.asked[0].endswith(b'Content-Length: 12\r\n\r\n{"text":"x"}')


@pytest.mark.parametrize(
    "pieces",
    [
        (OK[:5], OK[5:30], OK[30:42], OK[42:]),
        (b"HTTP/1.1 200 OK\r\ncontent-length:11  \r\nx: y\r\n\r\n", b'{"ok":true}'),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b'5\r\n{"ok"\r\n6;x=y\r\n:true}\r\n0\r\n\r\n',
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n",
            b'{"ok":true}',
            b"\r\n0\r\n",
            b"\r\n",
        ),
    ],
)
async def test_an_answer_is_the_same_however_it_is_cut(
    server: Server, line: Wires, pieces: tuple[bytes, ...]
) -> None:
    server.answers = [pieces, (OK,)]
    assert [await say(line), await say(line)] == [FINE, FINE]
    assert server.connections == 1


async def test_every_status_is_an_answer(server: Server, line: Wires) -> None:
    server.answers = [
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}",),
        (b"HTTP/1.1 302\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",),
    ]
    assert [await say(line), await say(line)] == [Answer(429, b"{}"), Answer(302, b"")]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * LARGEST,
        OK + b"more",
    ],
)
async def test_what_is_no_answer_breaks_the_connection_and_no_other(
    server: Server, line: Wires, answer: bytes
) -> None:
    server.answers = [(answer,)]
    with pytest.raises(Broken):
        await say(line)
    server.answers = [(OK,)]
    assert await say(line) == FINE
    assert server.connections == 2


async def test_a_connection_that_the_server_closes_is_not_used_again(
    server: Server, line: Wires
) -> None:
    server.answers = [(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"),)]
    assert await say(line) == FINE
    server.answers = [(OK,)]
    assert await say(line) == FINE  # and then it closes without a word
    await until(lambda: server.over == 2)
    await asyncio.sleep(0.05)  # the loop looks at its sockets
    server.answers = [(OK,)]
    assert await say(line) == FINE
    assert server.connections == 3


async def test_nor_is_one_that_has_been_idle_or_speaks_unasked(server: Server, line: Wires) -> None:
    server.answers = [(OK,), (OK,), (OK,)]
    await say(line)
    line._free[0].used_at -= IDLE + 1
    await say(line)
    line._free[0].data_received(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    assert await say(line) == FINE
    assert server.connections == 3


async def test_an_answer_that_does_not_come_is_waited_for_so_long(
    server: Server, line: Wires
) -> None:
    server.answers = [(OK,), (OK,)]
    server.is_open.clear()
    with pytest.raises(TimeoutError):
        await say(line, within=0.1)
    server.is_open.set()
    assert await say(line) == FINE  # not the answer to the first
    assert server.connections == 2


async def test_a_call_that_is_given_up_leaves_no_answer_for_the_next(
    server: Server, line: Wires
) -> None:
    server.answers = [(OK,), (OK,)]
    server.is_open.clear()
    saying = asyncio.create_task(say(line))
    await server.hears(1)
    saying.cancel()
    await asyncio.gather(saying, return_exceptions=True)
    server.is_open.set()
    assert await say(line) == FINE
    assert server.connections == 2


async def test_so_many_are_under_way_at_once_and_no_more(server: Server) -> None:
    line = Wires(f"http://127.0.0.1:{server.port}", most=3)
    server.answers = [(OK,)] * 12
    server.is_open.clear()
    nine = asyncio.gather(*(say(line) for _ in range(9)))
    await server.hears(3)
    await asyncio.sleep(0.05)  # here more would come
    server.is_open.set()
    assert await nine == [FINE] * 9
    assert server.most == 3
    line.close()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "http://no.such.host.invalid", "ftp://x", "http://:5", "x"]
)
async def test_a_server_that_is_not_there_was_sent_nothing(address: str) -> None:
    with pytest.raises(Unreachable) as caught:
        await say(Wires(address))
    assert caught.value.__context__ is None  # it may know more than may be told


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by nobody, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    path = tmp_path / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out",
         tmp_path / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
    return path


async def test_only_a_server_with_a_certificate_that_is_trusted_hears_the_token(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    server.answers = [(OK,), (OK,)]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls) as listening:
        address = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        with pytest.raises(Unreachable):
            await say(Wires(address))
        assert server.asked == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(wires, "_tls", lambda: trusting)
        line = Wires(address)
        assert await say(line) == FINE
        line.close()
        await asyncio.sleep(0.05)
