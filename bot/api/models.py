"""What everything that goes in and out is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Given(BaseModel):
    """What a program gives: nothing but what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Given):
    """Where nothing is to be given."""


class Told(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(frozen=True)


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if any((it < " " and it not in "\n\t") or it == "\x7f" for it in text):
        raise PydanticCustomError("control", "a control character")
    return text


def _near(at: datetime) -> datetime:
    if not _FIRST <= at < _LAST:
        raise PydanticCustomError("no_time", "a year that no calendar here holds")
    return at


Text = Annotated[str, AfterValidator(_plain)]
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
