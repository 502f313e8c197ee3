"""How a page becomes HTML: Jinja2 with autoescape, words from content/replies, local times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.clock import ZONE
from bot.masking import masked_name, masked_phone
from bot.words import Words

_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60))
# What looks like something else or like nothing: direction marks, zero-width characters.
_UNSEEN = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
                         0xFEFF), "\u25ae")  # fmt: skip


class Html:
    """The templates of the console."""

    def __init__(self, words: Callable[[], Words]) -> None:
        self._words = words
        self._environment = Environment(
            loader=PackageLoader(__package__ or ""),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(t=self.say, named=self.named, version=_versions())
        self._environment.filters.update(
            when=when,
            day=day,
            ago=self._ago,
            plain=plain,
            length_of=self._length,
            mask_name=masked_name,
            mask_phone=masked_phone,
            browser=browser,
        )

    def render(self, template: str, facts: Mapping[str, object]) -> str:
        """The page of a template."""
        return self._environment.get_template(template).render(facts)

    def say(self, key: str, **facts: object) -> str:
        """The words of a key; one without a file's name is console.yaml's."""
        return self._words().say(key if "." in key else f"console.{key}", **facts)

    def named(self, group: str, name: str) -> str:
        """What something is called that the records know by a name of their own; that name where
        there is no other."""
        return self._words().texts.get(f"{group}.{name}", name)

    def _ago(self, at: datetime, now: datetime) -> str:
        return self._length(now - at)

    def _length(self, length: timedelta) -> str:
        """A length of time in its largest unit."""
        seconds = max(0, int(length.total_seconds()))
        for unit, size in _UNITS:
            if seconds >= size:
                return self.say(f"length_{unit}", count=seconds // size)
        return self.say("length_moment")


def when(at: datetime | None) -> str:
    """A moment as people here write it."""
    return "" if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def day(at: datetime | None) -> str:
    """The day of a moment, here."""
    return "" if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d")


def plain(text: str) -> str:
    """The text with every invisible character made visible."""
    return text.translate(_UNSEEN)


def browser(told: str) -> str:
    """What a browser is, of what it tells of itself; the beginning of that when it is not known."""
    found = [next((name for sign, name in signs if sign in told), "") for signs in _BROWSERS]
    return " · ".join(it for it in found if it) or told[:40]


def static(name: str) -> bytes:
    """A file that pages load. Raises KeyError."""
    if name not in _NAMES:
        raise KeyError(name)
    return files(__package__ or "").joinpath("static", name).read_bytes()


_NAMES = ("console.css", "console.js")
# Most say of themselves that they are another one, too: the first sign counts.
_BROWSERS = (
    (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("QQBrowser", "QQ"),
     ("Chrome", "Chrome"), ("Safari", "Safari")),
    (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
     ("Mac OS", "Mac"), ("Linux", "Linux")),
)  # fmt: skip


def _versions() -> dict[str, str]:
    return {name: sha256(static(name)).hexdigest()[:12] for name in _NAMES}
