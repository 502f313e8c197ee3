"""Settings are read from the environment; a wrong one is named, and its value never told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import HERE, Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_nothing_has_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch)
    assert (found.host, found.port, found.log_level) == ("127.0.0.1", 8164, "info")
    assert found.content_dir == HERE / "content"
    assert found.redis_url is None
    assert found.telegram_token is None
    assert found.database == f"sqlite+aiosqlite:///{Path('var/hotline.db').absolute()}"


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, PORT="", REDIS_URL="", TELEGRAM_TOKEN="")
    assert (found.port, found.redis_url, found.telegram_token) == (8164, None, None)


def test_the_data_go_where_var_dir_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, VAR_DIR="/srv/hotline")
    assert found.database == "sqlite+aiosqlite:////srv/hotline/hotline.db"
    elsewhere = settings(monkeypatch, DATABASE_URL="postgresql://h/hotline")
    assert elsewhere.database == "postgresql://h/hotline"


@pytest.mark.parametrize(
    ("name", "value", "field", "meant"),
    [
        ("PORT", "0", "port", 0),
        ("LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("SEMANTIC", "false", "semantic", False),
        ("DESK_HOURS", "08:30-17:30", "desk_hours", "08:30-17:30"),
        ("WEB_ORIGINS", " https://a.example , http://b:8 ,", "web_origins",
         ("https://a.example", "http://b:8")),
        ("TELEGRAM_RATE", "0.5", "telegram_rate", 0.5),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, meant: object
) -> None:
    assert getattr(settings(monkeypatch, **{name: value}), field) == meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "65536"),
        ("LOG_LEVEL", "x"),
        ("SEMANTIC", "maybe"),
        ("RETENTION_DAYS", "0"),
        ("DESK_HOURS", "9-17"),
        ("DESK_HOURS", "8:00-25:61"),
        ("REDIS_URL", "geheim"),
        ("REDIS_URL", "http://:geheim@h/0"),
        ("REDIS_URL", "redis://:geheim@h:port/0"),
        ("DATABASE_URL", "geheim"),
        ("DATABASE_URL", "mysql://u:geheim@h/x"),
        ("DATABASE_URL", "postgresql://u:geheim@h:port/x"),
        ("TELEGRAM_TOKEN", "geheim"),
        ("TELEGRAM_TOKEN", "123:"),
        ("TELEGRAM_TOKEN", "abc:geheim"),
        ("TELEGRAM_TOKEN", "123:geh eim"),
        ("TELEGRAM_SECRET", "geheim!"),
        ("TELEGRAM_SECRET", "密码geheim"),
        ("TELEGRAM_API", "api.telegram.org"),
        ("TELEGRAM_WEBHOOK", "hotline.example/hook"),
        ("TELEGRAM_RATE", "0"),
        ("TELEGRAM_CHAT_RATE", "-1"),
        ("WEB_ORIGINS", "https://a.example,b.example"),
        ("WEB_TRUST_PROXY", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(monkeypatch, **{name: value})
    assert caught.value.name == name
    assert value not in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert caught.value.__suppress_context__  # a traceback would quote the value


def test_secrets_are_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(
        monkeypatch,
        TELEGRAM_TOKEN="123:geheim",
        TELEGRAM_SECRET="geheim",
        REDIS_URL="redis://:geheim@h/0",
        DATABASE_URL="postgresql://u:geheim@h/x",
    )
    assert "geheim" not in repr(found)
    assert found.telegram_token is not None
    assert found.telegram_token.get_secret_value() == "123:geheim"
