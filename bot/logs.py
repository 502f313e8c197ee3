"""Structured logs: one JSON object a line on standard error, without personal data or secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, WrappedLogger

# Mainland mobile and ID numbers (network-rules 5.2), also inside longer text; mobile numbers also
# with the country's code, in groups, and in the wide digits of Chinese keyboards.
_PHONE = re.compile(r"(?<!\d)((?:00)?86[- ]?)?([1１][3-9３-９]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_CALLER = re.compile(r"(?<=request from )[\da-fA-F.:]+")  # aiohttp names the address
_TOKEN = re.compile(r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_PASSWORD = re.compile(r"(://[^:/@\s]*:)\S+@")


def masked(text: str) -> str:
    """The text with phone numbers, ID numbers, bot tokens and passwords in URLs made unreadable."""
    text = _IDENTITY.sub(r"\1********\2", text)
    text = _PHONE.sub(r"\1\2****\3", text)
    text = _CALLER.sub("***", text)
    return _PASSWORD.sub(r"\1***@", _TOKEN.sub("***", text))


def start_logging(level: str) -> None:
    """Log from now on; what libraries log by the standard module comes out in the same form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "aiosqlite", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # addresses are personal data


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: _masked_value(value) for key, value in event.items()}


def _masked_value(value: object) -> object:
    match value:
        case bool() | float() | None:
            return value
        case int():
            shown = masked(str(value))
            return value if shown == str(value) else shown
        case dict():
            return {key: _masked_value(item) for key, item in value.items()}
        case Iterable() if not isinstance(value, (str, bytes, bytearray)):
            return [_masked_value(item) for item in value]
        case _:
            return masked(str(value))
