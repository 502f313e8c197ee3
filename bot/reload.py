"""The content that is served, and the next one as soon as an editor has saved it.

The folder is looked at every so often: network folders and mounted volumes tell nobody of a save.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge

from bot.content import Content, Stamps, load_content, stamps
from bot.knowledge.check import faults
from bot.knowledge.finding import Finding
from bot.made import Group, Made
from bot.metrics import Metrics
from bot.refusals import found_in_content, sentence
from bot.settings import Settings
from bot.words import WordsError

LOOK_EVERY = 0.15  # seconds
SETTLES_IN = 0.2  # seconds without a change, after which nobody is thought to be still saving
SURVEY_AFTER = 5.0  # seconds; by then the start is over, and the survey takes nobody's time
WARM_WITHIN = 0.5  # seconds that a new content is waited for to have its semantic view

log = structlog.get_logger()

T = TypeVar("T")

_Sign = tuple[str, str, str]


class LiveContent:
    """The content that is served, replaced whole; what cannot be served is refused.

    A turn that has begun ends with what it began with: it holds the old content until then. What
    was wrong already when it was first served does not keep anybody from mending something else.
    """

    def __init__(self, settings: Settings, content: Content, metrics: Metrics) -> None:
        self._settings = settings
        self._tried = content.stamps
        self._known: frozenset[_Sign] = frozenset()  # the faults of what is served
        self._makers: list[Callable[[Content], Callable[[], None]]] = []
        self._changed = asyncio.Event()
        self._warming: asyncio.Task[None] | None = None
        self.now = content
        self.report: tuple[str, ...] = ()  # what is wrong with the folder, as `hotline check` says
        registry = metrics.registry
        self._reloads = Counter(
            "hotline_content_reloads", "Contents saved, by result", ["result"], registry=registry
        )
        for result in ("taken", "refused"):
            self._reloads.labels(result)  # shown from the first, as 0
        self._refused = Gauge(
            "hotline_content_refused", "1 while the folder cannot be served", registry=registry
        )

    def made(self, make: Callable[[Content], T]) -> Callable[[], T]:
        """What `make` makes of the content that is served, made once for each content.

        A content that it fails with is refused.
        """
        made = Made(make, self.now)
        self._makers.append(made.next)
        return made

    def group(self, name: str) -> Group:
        """The texts of `name`.yaml of the replies, always as they are served."""
        return Group(self.made(lambda content: content.words.group(name)))

    def health(self) -> dict[str, object]:
        """For /readyz: whether the folder is what is served, and what is wrong with it."""
        return {"served": not self.report, "report": list(self.report)}

    async def change(self) -> None:
        """Wait until another content is served."""
        await self._changed.wait()

    async def run(self) -> None:
        """Warm the content, and follow the folder, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._warm(self.now, tasks)
            tasks.create_task(self._survey())
            while True:
                await asyncio.sleep(LOOK_EVERY)
                saved = await self._saved()
                if saved is not None:
                    await self._try(saved, tasks)

    async def _survey(self) -> None:
        """Find what is wrong already with what is served; until then, nothing is known to be."""
        await asyncio.sleep(SURVEY_AFTER)
        served = self.now
        found = await asyncio.to_thread(faults, self._settings.content_dir)
        if self.now is served and await self._look() == served.stamps:
            self._known = frozenset(map(_sign, found))

    async def _look(self) -> Stamps:
        return await asyncio.to_thread(stamps, self._settings.content_dir)

    async def _saved(self) -> Stamps | None:
        """What the folder holds, once nobody writes to it any more; None when it was tried."""
        seen = await self._look()
        while seen != self._tried:
            await asyncio.sleep(SETTLES_IN)
            last, seen = seen, await self._look()
            if seen == last:
                return seen
        return None

    async def _try(self, saved: Stamps, tasks: asyncio.TaskGroup) -> None:
        """Serve the folder, if that is possible and nothing in it has changed meanwhile."""
        began = time.perf_counter()
        self._tried = saved
        if saved == self.now.stamps:  # a folder that was away is back
            return self._tell(())
        try:
            content, follow = await self._load(saved)
        except _Refused as refused:
            return self._tell(refused.report) if await self._look() == saved else None
        warming = self._warm(content, tasks)
        await asyncio.wait([warming], timeout=WARM_WITHIN)
        if content.stamps == saved == await self._look():
            self._serve(content, follow)
            log.info("content.reloaded", seconds=round(time.perf_counter() - began, 3))
        else:
            self._warm(self.now, tasks)
        return None

    def _warm(self, content: Content, tasks: asyncio.TaskGroup) -> asyncio.Task[None]:
        """Compute the vectors of `content` beside, and of no other any more."""
        if self._warming is not None:
            self._warming.cancel()
        self._warming = tasks.create_task(_warmed(content))
        return self._warming

    async def _load(self, saved: Stamps) -> tuple[Content, list[Callable[[], None]]]:
        """The folder, and how what is made of it comes into force. Raises _Refused."""
        words = self.now.words
        try:
            folder, changed = self._settings.content_dir, _changed(self.now.stamps, saved)
            found = await asyncio.to_thread(faults, folder, changed)
            if any(_sign(each) not in self._known for each in found):
                raise _Refused(tuple(found_in_content(each, words) for each in found))
            content = await load_content(self._settings, wait=False, before=self.now)
            follow = [make(content) for make in self._makers]
        except _Refused:
            raise
        except Exception as error:  # whatever an editor wrote: the old content is still good
            if not isinstance(error, WordsError):
                log.exception("content.unreadable")
            told = sentence(error, self._settings, words)
            raise _Refused(_lines(told or f"{type(error).__name__}: {error}")) from error
        return content, follow

    def _serve(self, content: Content, follow: list[Callable[[], None]]) -> None:
        """From now on, all at once; nothing is awaited in between."""
        self.now = content
        for step in follow:
            step()
        self._reloads.labels("taken").inc()
        self._tell(())
        self._changed.set()
        self._changed = asyncio.Event()

    def _tell(self, report: tuple[str, ...]) -> None:
        self.report = report
        self._refused.set(bool(report))
        if report:
            self._reloads.labels("refused").inc()
            log.error("content.refused", report=report)


def _sign(fault: Finding) -> _Sign:
    """What a fault is known by, on whatever line it stands."""
    return fault.file, fault.words, str(fault.facts)


class _Refused(Exception):
    """The folder cannot be served; `report` says why."""

    def __init__(self, report: tuple[str, ...]) -> None:
        super().__init__(f"{len(report)} lines")
        self.report = report


async def _warmed(content: Content) -> None:
    try:
        await content.library.warm()
    except OSError as error:  # the vectors cannot be kept; the other views answer
        log.warning("content.not_warmed", error=type(error).__name__)


def _changed(before: Stamps, now: Stamps) -> set[str]:
    """The files that differ; those that are new or gone, too."""
    return {name for name in {*before, *now} if before.get(name) != now.get(name)}


def _lines(told: str) -> tuple[str, ...]:
    return tuple(told.splitlines())
