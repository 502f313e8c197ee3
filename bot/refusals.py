"""What the operator is told when a command cannot do its work: one sentence they can act on."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from bot.embedded import AlreadyRunning, NoRedis
from bot.jobs.directory import DirectoryError
from bot.knowledge.finding import Finding, UnusableContent
from bot.pipeline.line import StorageDown
from bot.records.engines import DatabaseUnusable
from bot.settings import Settings
from bot.words import Words, WordsError

CANNOT_LISTEN = (errno.EADDRNOTAVAIL, errno.EACCES)


class BadLine(Exception):
    """A line of standard input is no {"q": ...}; the text is its number, counted from 1."""


def found_in_content(finding: Finding, words: Words) -> str:
    """A finding with its place."""
    return f"{finding.file}:{finding.line}: {words.say(finding.words, **finding.facts)}"


def sentence(error: BaseException, settings: Settings, words: Words) -> str | None:
    """What to tell the operator; None when it is our fault and not theirs."""
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return sentence(error.exceptions[0], settings, words)
    match error:
        case AlreadyRunning():
            return words.say("operator.already_running", folder=settings.var_dir.absolute())
        case NoRedis():
            return words.say("operator.no_redis", reason=error)
        case StorageDown():
            return words.say("operator.redis_unreachable", reason=error)
        case DatabaseUnusable():
            return words.say("operator.database_unusable", reason=error)
        case WordsError() | DirectoryError():
            return words.say("operator.content_unusable", reason=error)
        case UnusableContent(findings=findings):
            lines = "\n".join(found_in_content(finding, words) for finding in findings)
            return words.say("operator.content_unusable", reason=lines)
        case BadLine():
            return words.say("operator.bad_line", number=error)
        case OSError():
            return _system_sentence(error, settings, words)
        case _:
            return None


def _system_sentence(error: OSError, settings: Settings, words: Words) -> str | None:
    """What the operating system refused, as far as a setting can mend it."""
    if error.errno == errno.EADDRINUSE:
        return words.say("operator.port_taken", port=settings.port)
    if error.filename is None:
        is_address = isinstance(error, socket.gaierror) or error.errno in CANNOT_LISTEN
        place = {"host": settings.host, "port": settings.port}
        return words.say("operator.cannot_listen", **place) if is_address else None
    refused, folder = Path(error.filename).absolute(), settings.var_dir.absolute()
    if refused.is_relative_to(folder) or folder.is_relative_to(refused):
        return words.say("operator.folder_unusable", folder=folder, reason=error.strerror)
    return None
