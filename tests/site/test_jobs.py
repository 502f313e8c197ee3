"""The public pages: found by filters, safe whatever employers write, kind when there is nothing."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.records.openings import Openings
from bot.site.jobs import JobPages
from dialogs.work import Opening, OpeningState, PayUnit, WorkType
from tests.databases import database_in
from tests.wording import WORDS

Client = TestClient[web.Request, web.Application]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
TODAY = NOW.date()
WELDER = Opening(
    0, "电焊工", "示例机械公司", TODAY, occupation="电焊工", county="南和区", town="三召乡",
    address="示例路1号", pay_min=5000, pay_max=7000, pay_unit=PayUnit.MONTH, housing=True,
    headcount=3, requirements="有焊工证优先", description="焊接护栏", contact="示例联系人",
    phone="0319-0000000", expires=date(2026, 4, 1),
)  # fmt: skip
CRAFTS = replace(
    WELDER, title="手工编织", occupation="手工编织", county="威县", town=None, pay_min=None,
    pay_max=None, pay_unit=PayUnit.PIECE, work_type=WorkType.AT_HOME, housing=None,
)  # fmt: skip
TRADES = {"制造": ("电焊工", "纺织工"), "居家": ("手工编织",)}
COUNTIES = ("南和区", "威县", "清河县")
NASTY = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "<!--<script>",
    "]]><svg/onload=alert(1)>",
    "\u2028\u2029<b>",
    "&lt;script&gt;",
    "a\x00b\x08c",
]


@asynccontextmanager
async def openings_in(folder: Path) -> AsyncIterator[Openings]:
    async with database_in(folder) as database:
        yield Openings(database.sessions, lambda: NOW)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Openings]:
    async with openings_in(tmp_path) as store:
        yield store


@pytest.fixture
async def client(store: Openings) -> AsyncIterator[Client]:
    app = web.Application()
    pages = JobPages(store, lambda: WORDS, COUNTIES, TRADES, "https://hotline.example", lambda: NOW)
    pages.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield client


class Reader(HTMLParser):
    """The elements of a page, the scripts it would run, and its data blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self._is_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

        self._is_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        if self._is_script:
            self.data.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


async def text(client: Client, path: str, status: int = 200) -> str:
    response = await client.get(path)
    assert response.status == status
    return await response.text()


def titles(html: str) -> list[str]:
    return re.findall(r'<h2><a href="/jobs/\d+">([^<]*)</a></h2>', html)


async def posting(client: Client, number: int) -> dict[str, Any]:
    [block] = read(await text(client, f"/jobs/{number}")).data
    return dict(json.loads(block))


async def test_the_list_shows_what_may_be_offered_newest_first(
    client: Client, store: Openings
) -> None:
    await store.keep([replace(WELDER, published=date(2026, 3, 1)), CRAFTS])
    await store.keep([replace(WELDER, title="关", expires=date(2026, 3, 1))])
    await store.keep([replace(WELDER, title="疑", state=OpeningState.HELD)])
    html = await text(client, "/jobs")
    assert titles(html) == ["手工编织", "电焊工"]
    assert "找到2个岗位" in html
    assert "5000-7000元/月" in html
    assert "计件" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("county=南和区", ["电焊工"]),
        ("county=away", []),
        ("trade=手工编织", ["手工编织"]),
        ("kind=居家", ["手工编织"]),
        ("pay=6000", ["电焊工"]),
        ("pay=8000", []),
        ("housing=1", ["电焊工"]),
        ("meals=1", []),
        ("q=护栏", ["手工编织", "电焊工"]),
        ("q=护栏+南和", ["电焊工"]),
        ("county=火星&trade=巫师&kind=x&pay=-1&page=0&housing=9", ["手工编织", "电焊工"]),
        ("q=%00%FF" + "长" * 500, []),
    ],
)
async def test_filters(client: Client, store: Openings, query: str, found: list[str]) -> None:
    await store.keep([WELDER, CRAFTS])
    assert titles(await text(client, f"/jobs?{query}")) == found


async def test_pages_are_linked_with_their_filters_and_end_kindly(
    client: Client, store: Openings
) -> None:
    await store.keep([replace(WELDER, employer=f"示例{number}厂") for number in range(45)])
    path, seen = "/jobs?county=南和区&housing=1", 0
    while True:
        html = await text(client, path)
        seen += len(titles(html))
        after = [a["href"] for tag, a in read(html).tags if a.get("rel") == "next"]
        if not after:
            break
        path = after[0] or ""
        assert "county=" in path
        assert "housing=1" in path
    assert seen == 45
    assert "后面没有了" in await text(client, "/jobs?page=9", 404)


async def test_an_opening_has_all_its_words_and_a_telephone_link(
    client: Client, store: Openings
) -> None:
    await store.keep([WELDER])
    html = await text(client, "/jobs/1")
    for part in ("示例机械公司", "南和区三召乡", "示例路1号", "有焊工证优先", "焊接护栏", "招3人"):
        assert part in html
    assert ("a", {"href": "tel:0319-0000000"}) in read(html).tags
    assert "不许收押金" in html
    assert '<link rel="canonical" href="https://hotline.example/jobs/1">' in html


async def test_search_engines_are_told_a_valid_job_posting(client: Client, store: Openings) -> None:
    await store.keep([WELDER, CRAFTS])
    job = await posting(client, 1)
    assert job["@type"] == "JobPosting"
    assert job["title"] == "电焊工"
    assert date.fromisoformat(job["datePosted"]) == TODAY
    assert datetime.fromisoformat(job["validThrough"]).date() == date(2026, 4, 1)
    assert job["hiringOrganization"] == {"@type": "Organization", "name": "示例机械公司"}
    assert job["jobLocation"]["address"] == {
        "@type": "PostalAddress", "streetAddress": "三召乡 示例路1号", "addressLocality": "南和区",
        "addressRegion": "河北省邢台市", "addressCountry": "CN",
    }  # fmt: skip
    assert job["baseSalary"] == {
        "@type": "MonetaryAmount", "currency": "CNY",
        "value": {"@type": "QuantitativeValue", "minValue": 5000, "maxValue": 7000,
                  "unitText": "MONTH"},
    }  # fmt: skip
    assert (job["employmentType"], job["totalJobOpenings"]) == ("FULL_TIME", 3)
    home = await posting(client, 2)
    assert home["jobLocationType"] == "TELECOMMUTE"
    assert home["applicantLocationRequirements"]["name"] == "CN"
    assert "baseSalary" not in home


async def test_an_example_is_marked_and_told_to_no_search_engine(
    client: Client, store: Openings
) -> None:
    await store.keep([replace(WELDER, is_example=True)])
    html = await text(client, "/jobs/1")
    assert "不是真的岗位" in html
    assert "ld+json" not in html
    assert "示例" in await text(client, "/jobs")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/jobs/1", 410, "已经不招了"),
        ("/jobs/2", 404, "没有这个岗位"),
        ("/jobs/3", 410, "已经不招了"),
        ("/jobs/99", 404, "没有这个岗位"),
        ("/jobs/999999999", 404, "没有这个岗位"),
        ("/jobs/abc", 404, "没有这个岗位"),
        ("/jobs/1/2/3", 404, "没有这个岗位"),
    ],
)
async def test_what_is_not_there_is_told_kindly(
    client: Client, store: Openings, path: str, status: int, said: str
) -> None:
    held = replace(WELDER, title="疑", state=OpeningState.HELD)
    await store.keep([WELDER, held, replace(WELDER, title="过", expires=date(2026, 3, 1))])
    await store.fill(1)
    html = await text(client, path, status)
    assert said in html
    assert 'href="/jobs"' in html
    assert "noindex" in html


@pytest.mark.parametrize("nasty", NASTY)
async def test_nothing_that_employers_write_becomes_markup(
    client: Client, store: Openings, nasty: str
) -> None:
    texts = ("title", "employer", "town", "address", "requirements", "description", "contact",
             "phone", "hours", "occupation")  # fmt: skip
    await store.keep([replace(WELDER, **dict.fromkeys(texts, nasty))])  # type: ignore[arg-type]
    plain = {tag for tag, _ in read(await text(client, "/jobs")).tags}
    for path in ("/jobs", "/jobs/1"):
        html = await text(client, path)
        page = read(html)
        names = {name for _, attributes in page.tags for name in attributes}
        assert not {name for name in names if name.startswith("on")}
        assert not {"img", "svg", "b", "iframe"} & {tag for tag, _ in page.tags}
        scripts = [it for tag, it in page.tags if tag == "script"]
        assert scripts == [{"type": "application/ld+json"}] * len(scripts)
        assert len(scripts) == (path == "/jobs/1")
        links = [it.get("href") or "" for tag, it in page.tags if tag == "a"]
        assert all(link.startswith(("/", "#", "tel:")) for link in links)
    assert (await posting(client, 1))["@type"] == "JobPosting"
    assert "h1" in plain
    ElementTree.fromstring(await text(client, "/jobs.rss"))


@pytest.mark.parametrize("nasty", NASTY)
async def test_nothing_in_an_address_becomes_markup(client: Client, nasty: str) -> None:
    response = await client.get("/jobs", params={"q": nasty, "county": nasty, "trade": nasty})
    page = read(await response.text())
    assert "script" not in {tag for tag, _ in page.tags}
    assert not {name for _, it in page.tags for name in it if name.startswith("on")}
    assert (await client.get("/jobs", headers={"Host": 'evil"><script>'})).status in (200, 400)


async def test_the_feed_is_rss_with_the_same_filters(client: Client, store: Openings) -> None:
    await store.keep([replace(WELDER, title="电焊工 & <熟手>"), CRAFTS])
    response = await client.get("/jobs.rss", params={"county": "南和区"})
    assert response.content_type == "application/rss+xml"
    rss = ElementTree.fromstring(await response.read())
    assert rss.get("version") == "2.0"
    [channel] = rss
    assert {"title", "link", "description", "language"} <= {it.tag for it in channel}
    [item] = channel.findall("item")
    assert item.findtext("title") == "电焊工 & <熟手>"
    assert item.findtext("link") == "https://hotline.example/jobs/1"
    assert parsedate_to_datetime(item.findtext("pubDate") or "").date() == TODAY


async def test_who_has_a_page_already_is_not_sent_it_again(client: Client, store: Openings) -> None:
    await store.keep([WELDER])
    for path in ("/jobs", "/jobs/1", "/jobs.rss"):
        first = await client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")
    await store.keep([CRAFTS])
    mark = first.headers["ETag"]
    assert (await client.get("/jobs.rss", headers={"If-None-Match": mark})).status == 200


async def test_pages_are_guarded_and_work_without_a_script(client: Client, store: Openings) -> None:
    await store.keep([replace(WELDER, is_example=True)])
    for path in ("/jobs", "/jobs/1", "/jobs/9"):
        response = await client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in await response.text()
        assert " style=" not in await response.text()


async def test_the_style_is_kept_for_ever_under_its_version(client: Client) -> None:
    html = await text(client, "/jobs")
    [style] = [it["href"] for tag, it in read(html).tags if it.get("rel") == "stylesheet"]
    response = await client.get(str(style))
    assert response.content_type == "text/css"
    assert "immutable" in response.headers["Cache-Control"]


async def test_a_database_that_is_down_is_told_kindly(client: Client, store: Openings) -> None:
    from sqlalchemy import text as sql

    async with store._sessions.begin() as session:
        await session.execute(sql("DROP TABLE openings"))
    response = await client.get("/jobs")
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert "一会儿再来" in await response.text()
