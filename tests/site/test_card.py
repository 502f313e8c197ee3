"""Private pages: only the link opens them, only for a while, and nobody keeps anything of them."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.pipeline.messages import HeardLine
from bot.records.transcripts import Transcripts
from bot.site.card import PrivatePages
from bot.site.links import HOURS, Door, Links, secret_in
from dialogs.work import Wish
from tests.databases import database_in
from tests.dialogs.office import Office

ME = "web:me"
NASTY = "<script>alert(1)</script>\"'&"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with database_in(tmp_path) as database:
        office = Office(database)
        heard = HeardLine("1", ME, office.now.timestamp(), "问一句", "words")
        await Transcripts(database.sessions).write([("1-1", heard)])
        await office.ledger.register(ME, Wish(("电焊工",), hours=NASTY), "k")
        await office.seekers.introduce(ME, NASTY, "13000000000")
        yield office


@asynccontextmanager
async def site(office: Office) -> AsyncIterator[ClientSession]:
    app = web.Application()
    pages = PrivatePages(
        office.links, office.cards, office.dossiers, lambda: office.words, office.today
    )
    pages.add_to(app)
    async with TestServer(app) as server, ClientSession(server.make_url("/")) as client:
        yield client


async def path_of(office: Office, door: Door) -> str:
    address = await (office.links.card(ME) if door is Door.CARD else office.links.data(ME))
    assert address is not None
    return address.removeprefix("http://own")


async def test_a_link_shows_nothing_until_the_button_is_pressed(office: Office) -> None:
    async with site(office) as client:
        path = await path_of(office, Door.CARD)
        async with client.get(path) as closed:
            page = await closed.text()
        assert closed.status == 200
        assert "电焊工" not in page
        assert "看我的服务卡" in page
        async with client.post(path, data={"as": "page"}) as opened:
            page = await opened.text()
        assert "电焊工" in page
        assert "登记了求职意愿" in page
        assert "130****0000" in page
        assert "13000000000" not in page
        assert "<script>" not in page


@pytest.mark.parametrize("door", list(Door))
async def test_pages_are_kept_by_nobody_and_run_nothing(office: Office, door: Door) -> None:
    async with site(office) as client:
        path = await path_of(office, door)
        async with client.get(path) as closed, client.post(path) as opened:
            for response in (closed, opened):
                assert response.headers["Cache-Control"] == "no-store"
                assert "noindex" in response.headers["X-Robots-Tag"]
                assert response.headers["Referrer-Policy"] == "no-referrer"
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert "script-src" not in policy
        assert ME not in path


async def test_the_style_is_the_one_that_is_allowed(office: Office) -> None:
    from base64 import b64encode
    from hashlib import sha256

    async with site(office) as client, client.get(await path_of(office, Door.CARD)) as response:
        page = await response.text()
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]


async def test_the_data_come_as_a_file(office: Office) -> None:
    async with site(office) as client:
        path = await path_of(office, Door.DATA)
        async with client.post(path, data={"as": "json"}) as response:
            assert "attachment" in response.headers["Content-Disposition"]
            dossier = orjson.loads(await response.read())
        assert dossier["seekers"][0]["phone"] == "13000000000"
        assert dossier["messages"][0]["text"] == "问一句"
        async with client.post(path, data={"as": "book"}) as response:
            book = load_workbook(io.BytesIO(await response.read()))
        assert "聊天记录" in book.sheetnames
        assert book["聊天记录"].freeze_panes == "A2"


async def test_a_link_ends(office: Office) -> None:
    async with site(office) as client:
        path = await path_of(office, Door.CARD)
        office.now += timedelta(hours=HOURS, seconds=-1)
        async with client.post(path) as response:
            assert response.status == 200
        office.now += timedelta(seconds=2)
        for call in (client.get, client.post):
            async with call(path) as response:
                assert response.status == 404
                assert "打不开" in await response.text()


async def test_who_was_deleted_has_no_page_and_nobody_inherits_it(office: Office) -> None:
    card, data = await path_of(office, Door.CARD), await path_of(office, Door.DATA)
    await office.erase(ME)
    await office.ledger.register("web:other", Wish(), "k9")
    heard = HeardLine("2", "web:other", office.now.timestamp(), "别人", "words")
    await Transcripts(office.dossiers._sessions).write([("2-1", heard)])
    async with site(office) as client:
        for path in (card, data):
            async with client.post(path) as response:
                assert response.status == 404


@pytest.mark.parametrize("change", ["seal", "end", "number", "door", "nothing", "long"])
async def test_a_forged_link_opens_nothing(office: Office, change: str) -> None:
    await office.ledger.register("web:other", Wish(), "k9")
    number, end, seal = (await path_of(office, Door.CARD)).removeprefix("/card/").split(".")
    forged = {
        "seal": f"/card/{number}.{end}.{seal[::-1]}",
        "end": f"/card/{number}.{int(end) + 1}.{seal}",
        "number": f"/card/{int(number) + 1}.{end}.{seal}",
        "door": f"/mydata/{number}.{end}.{seal}",
        "nothing": "/card/1.9999999999.",
        "long": f"/card/{'9' * 500}.{end}.{seal}",
    }
    async with site(office) as client, client.post(forged[change]) as response:
        assert response.status == 404


@given(st.text(max_size=60))
async def test_what_is_no_link_opens_nothing(token: str) -> None:
    class Nobody:
        async def number_of(self, visitor: str) -> int | None:
            return None

        async def urn_of(self, number: int) -> str | None:
            return "web:me"

    owners = {door: Nobody() for door in Door}
    links = Links(b"s" * 32, owners, "https://h", "http://own", lambda: 0.0)
    assert await links.owner(Door.CARD, token) is None


async def test_other_networks_are_given_links_only_where_all_can_reach_us(office: Office) -> None:
    await office.ledger.register("telegram:1", Wish(), "k9")
    assert await office.links.card("telegram:1") is None
    assert await office.links.card("web:nobody") is None
    owners = office.links._owners
    public = Links(b"s" * 32, owners, "https://h.example/", "http://own", lambda: 0.0)
    address = await public.card("telegram:1")
    assert address is not None
    assert address.startswith("https://h.example/card/")


def test_the_secret_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "links.key"
    secret = secret_in(file)
    assert len(secret) == 32
    assert secret_in(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"links\.key"):
        secret_in(file)
