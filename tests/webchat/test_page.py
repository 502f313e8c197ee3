"""What a browser loads: the page, its files, the widget, and the rules they come with."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from bot.channels.webchat.identity import urn_of
from bot.channels.webchat.routes import WebChatSettings

from .service import ROOT, words

PACKAGE = ROOT / "bot" / "channels" / "webchat"
PATHS = ["/", "/?embed=1", "/widget.js", "/static/webchat/chat.css", "/static/webchat/chat.js"]
PROXIED = WebChatSettings(trust_proxy=True, embedders=frozenset({"https://rsj.example"}))
HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_comes_with_strict_rules(browser, path):
    response = await browser.get(path)
    assert response.status == 200
    rules = response.headers["Content-Security-Policy"].split("; ")
    host = f"127.0.0.1:{response.url.port}"
    assert rules == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        f"connect-src 'self' ws://{host} wss://{host}",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
    ]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


async def test_a_configured_site_may_frame_the_page(start, browsers):
    browser = await browsers(await start(PROXIED))
    policy = (await browser.get("/?embed=1")).headers["Content-Security-Policy"]
    assert "; frame-ancestors 'self' https://rsj.example; " in policy


@pytest.mark.parametrize("host", ["x; script-src *", "x y", "x'", "x,y", "é.example"])
async def test_a_made_up_host_cannot_write_rules(browser, host):
    policy = (await browser.get("/", headers={"Host": host})).headers["Content-Security-Policy"]
    assert "connect-src 'self'; " in policy


async def test_the_page_has_no_inline_script_or_style(browser):
    html = await (await browser.get("/")).text()
    assert not re.search(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", html
    )


@pytest.mark.parametrize(
    ("path", "https", "attributes"),
    [
        ("/", False, {"httponly", "samesite=lax"}),
        ("/", True, {"httponly", "samesite=lax", "secure"}),
        ("/?embed=1", True, {"httponly", "samesite=none", "secure", "partitioned"}),
        ("/?embed=1", False, {"httponly", "samesite=lax"}),
    ],
)
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    start, browsers, path, https, attributes
):
    browser = await browsers(await start(PROXIED))
    response = await browser.get(path, headers=HTTPS if https else {})
    [cookie] = response.headers.getall("Set-Cookie")
    value, *given = cookie.lower().split("; ")
    assert set(given) == attributes | {"path=/", f"max-age={180 * 86400}"}
    assert re.fullmatch(r"hotline_visitor=[a-z0-9_-]{22}", value)


async def test_the_same_visitor_keeps_the_cookie_and_another_gets_another(
    service, browser, browsers
):
    token = browser.cookie("hotline_visitor")
    await browser.load()
    assert browser.cookie("hotline_visitor") == token
    other = await browsers(service)
    assert other.cookie("hotline_visitor") != token


async def test_a_cookie_that_is_none_of_ours_is_replaced(service, browser):
    response = await browser.get("/", headers={"Cookie": "hotline_visitor=<script>"})
    cookie = SimpleCookie(response.headers["Set-Cookie"].split(";")[0])
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", cookie["hotline_visitor"].value)


async def test_the_urn_tells_nothing_of_the_cookie(service, browser):
    service.echo.silent = True
    page = await browser.open()
    await page.say("你好")
    [event] = await service.waiting()
    token = browser.cookie("hotline_visitor")
    assert event.urn == urn_of(token)
    assert re.fullmatch(r"web:[0-9a-f]{32}", event.urn)
    assert token not in event.urn


async def test_files_are_kept_for_ever_under_an_address_that_changes_with_them(browser):
    html = await (await browser.get("/")).text()
    files = re.findall(r'"(/static/webchat/[^"]+)"', html)
    assert len(files) == 5
    for path in files:
        response = await browser.get(path)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]
        other = await browser.get(path.partition("?")[0])
        assert "immutable" not in other.headers["Cache-Control"]
    assert (await browser.get("/")).headers["Cache-Control"] == "no-store"


async def test_the_whole_page_is_small_enough_for_a_slow_phone(browser):
    html = await (await browser.get("/")).text()
    sent = 0
    for path in ["/", *re.findall(r'"(/static/webchat/[^"]+)"', html)]:
        response = await browser.get(path, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        sent += int(response.headers["Content-Length"])
    assert sent < 20_000


@pytest.mark.parametrize("name", ["page.html.j2", "../page.py", "%2e%2e%2fpage.py", "widget.js"])
async def test_nothing_else_is_given_out(browser, name):
    assert (await browser.get(f"/static/webchat/{name}")).status == 404


def texts(pattern: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob(pattern))


def test_every_word_is_there_and_every_word_is_used() -> None:
    template = (PACKAGE / "templates" / "page.html.j2").read_text(encoding="utf-8")
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in (PACKAGE / "static").glob("*.js")
    )
    python = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
    used = set(re.findall(r"\bwords\.(\w+)", template + scripts))
    used |= {"connecting", "reconnecting"}  # states, by their name
    used |= set(re.findall(r'(?:words\[|Unreadable\()"(\w+)"', python)) | {"unreadable"}
    known = {key for key in words() if not key.startswith("opener_")}
    assert used == known


def test_words_are_not_in_the_code() -> None:
    for path in Path(PACKAGE).rglob("*"):
        if path.suffix in {".js", ".j2", ".css", ".py"}:
            assert not re.search(r"[\u4e00-\u9fff]", path.read_text(encoding="utf-8")), path
