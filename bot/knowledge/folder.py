"""The content's folder as a change meets it: read, tried on a copy, written whole."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge.check import faults
from bot.knowledge.finding import Finding, UnusableContent
from bot.knowledge.library import ContentLibrary
from dialogs.policy import Answered, Choices, Found

LARGEST = 64 * 1024  # bytes of a policy


class ChangedMeanwhile(Exception):
    """The file is not what it was when the change was made."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a question leads to: the kind of answer, and the policies in it."""

    kind: str
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do: `findings` keep it from being served."""

    findings: Sequence[Finding]
    told: Sequence[tuple[str, Told, Told]]  # question, before, after

    @property
    def is_sound(self) -> bool:
        """Whether it may be applied."""
        return not self.findings


class Folder:
    """The folder, and what is served of it."""

    def __init__(
        self, path: Path, cache: Path, semantic: bool, served: Callable[[], ContentLibrary]
    ) -> None:
        self.path = path
        self._cache = cache
        self._semantic = semantic
        self._served = served

    async def read(self, file: str) -> str | None:
        """The file's text; None when it is not there."""
        return await asyncio.to_thread(_read, self.path / file)

    async def answers(self, questions: Sequence[str]) -> list[Told]:
        """What the questions lead to, as it is served."""
        return [_told(await self._served().find(it)) for it in questions]

    async def attempt(self, file: str, text: str, questions: Sequence[str]) -> Trial:
        """Try the change on a copy: check it as `hotline check` does, and ask the questions."""
        before = await self.answers(questions)
        with await asyncio.to_thread(self._copy, file, text) as copy:
            findings = await asyncio.to_thread(faults, copy, [file])
            if findings:
                return Trial(findings, ())
            try:
                library = await ContentLibrary.open(
                    copy, self._cache, self._semantic, date.today, before=self._served()
                )
            except UnusableContent as unusable:
                return Trial(unusable.findings, ())
            after = [_told(await library.find(it)) for it in questions]
        return Trial((), list(zip(questions, before, after, strict=True)))

    async def write(self, file: str, before: str | None, after: str) -> None:
        """Replace the file, whole. Raises ChangedMeanwhile, OSError."""
        await asyncio.to_thread(_write, self.path / file, before, after)

    def _copy(self, file: str, text: str) -> _Copy:
        return _Copy(self.path, file, text)


class _Copy:
    """A copy of the folder with one file changed, as long as it is held."""

    def __init__(self, path: Path, file: str, text: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hotline-trial-")
        copy = Path(self._folder.name) / "content"
        shutil.copytree(path, copy)
        (copy / file).write_text(text, encoding="utf-8")
        self._copied = copy

    def __enter__(self) -> Path:
        return self._copied

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write(path: Path, before: str | None, after: str) -> None:
    if _read(path) != before:
        raise ChangedMeanwhile(path.name)
    with _beside(path) as new:
        new.write_text(after, encoding="utf-8")
        os.replace(new, path)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    new = path.with_name(f".{path.name}.new")  # what begins with a dot is no content
    try:
        yield new
    finally:
        new.unlink(missing_ok=True)


def _told(found: Found) -> Told:
    kind = type(found).__name__.lower()
    match found:
        case Answered(answers=answers):
            return Told(kind, tuple(it.policy for it in answers))
        case Choices(titles=titles):
            return Told(kind, tuple(policy for policy, _ in titles))
        case _:
            return Told(kind, ())
