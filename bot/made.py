"""What is made of the content, and follows it when it is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from bot.content import Content

T = TypeVar("T")


class Made(Generic[T]):
    """Something made of the content; a call gives the one of the content that is served."""

    def __init__(self, make: Callable[[Content], T], content: Content) -> None:
        self._make = make
        self._present = make(content)

    def __call__(self) -> T:
        """The present one."""
        return self._present

    def next(self, content: Content) -> Callable[[], None]:
        """Make that of `content`; what is returned puts it into force."""
        made = self._make(content)

        def follow() -> None:
            self._present = made

        return follow


class Group(Mapping[str, str]):
    """The texts of one file of replies, always as they are served."""

    def __init__(self, texts: Callable[[], Mapping[str, str]]) -> None:
        self._texts = texts

    def __getitem__(self, key: str) -> str:
        return self._texts()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts())

    def __len__(self) -> int:
        return len(self._texts())
