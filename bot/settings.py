"""Every setting, once, from the environment. deploy/README.md lists them for operators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import DirectoryPath, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from redis.asyncio.connection import parse_url
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DATABASES = ("sqlite", "sqlite+aiosqlite", "postgres", "postgresql", "postgresql+asyncpg")
_TIME = r"([01]?\d|2[0-4]):[0-5]\d"

HERE = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting has a value that cannot be used. `name` is its name in the environment."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has a value that cannot be used")
        self.name = name


class Settings(BaseSettings):
    """The hotline's settings; each is read from the environment under its name in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8164, ge=0, le=65535)
    content_dir: DirectoryPath = HERE / "content"
    var_dir: Path = Path("var")
    redis_url: SecretStr | None = None
    database_url: SecretStr | None = None
    processes: int = Field(1, ge=1, le=64)
    role: Literal["all", "worker", "records"] = "all"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    semantic: bool = True
    retention_days: int = Field(180, ge=1, le=3650)
    records_retention_days: int = Field(1095, ge=1, le=36500)
    pushes_a_week: int = Field(7, ge=1, le=50)
    desk_hours: str = Field("8:00-18:00", pattern=f"^{_TIME}-{_TIME}$")
    desk_minutes: int = Field(30, ge=1, le=10_000)
    campaign_approval: int = Field(500, ge=0, le=100_000_000)
    campaigns_a_week: int = Field(3, ge=1, le=100)
    staff_group: str | None = Field(None, pattern=r"^[a-z]+:-?\w+$")
    telegram_token: SecretStr | None = Field(None)
    telegram_api: str = Field("https://api.telegram.org", pattern=r"^https?://[^\s/]+")
    telegram_webhook: str | None = Field(None, pattern=r"^https?://[^\s/]+")
    telegram_secret: SecretStr | None = None
    telegram_rate: float = Field(30.0, gt=0, le=100_000)
    telegram_chat_rate: float = Field(1.0, gt=0, le=100_000)
    web_origins: Annotated[tuple[str, ...], NoDecode] = ()
    web_trust_proxy: bool = False
    public_url: str | None = Field(None, pattern=r"^https?://[^\s/]+")
    link_secret: SecretStr | None = Field(None, min_length=32)
    secret_key: SecretStr | None = None
    console_second_factor: Literal["auto", "on", "off"] = "auto"
    console_idle_minutes: int = Field(30, ge=1, le=1440)
    console_session_hours: int = Field(12, ge=1, le=168)

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_url(value.get_secret_value())  # ValueError
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            known = value is None or make_url(value.get_secret_value()).drivername in DATABASES
        except ArgumentError:
            known = False
        if not known:
            raise ValueError("an address of SQLite or PostgreSQL")
        return value

    @field_validator("web_origins", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("web_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(origin.startswith(("http://", "https://")) for origin in value):
            raise ValueError("an origin begins with http:// or https://")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return value
        number, _, secret = value.get_secret_value().partition(":")
        if not number.isdecimal() or not secret or any(letter.isspace() for letter in secret):
            raise ValueError("a token is a number, a colon and a secret")
        return value

    @field_validator("telegram_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        letters = "" if value is None else value.get_secret_value()
        if len(letters) > 256 or not all(
            it.isascii() and (it.isalnum() or it in "_-") for it in letters
        ):
            raise ValueError("1-256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("secret_key")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        keys = [] if value is None else value.get_secret_value().split(",")
        if any(len(key.strip()) < 32 for key in keys):
            raise ValueError("32 characters at least, each")
        return value

    @property
    def is_main(self) -> bool:
        """Whether it opens the port, for itself and for the other processes."""
        return self.role == "all"

    @property
    def database(self) -> str:
        """The database's address; SQLite under `var_dir` when none is given."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.var_dir / 'hotline.db').absolute()}"


def read_settings() -> Settings:
    """The settings of this environment. Raises SettingsError; never tells a value, as it may be a
    secret."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(str(error.errors()[0]["loc"][0]).upper()) from None
