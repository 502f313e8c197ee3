"""The `hotline` command run many times, each in a process of its own, but imported only once."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import bot.cli
from tests.forks import start
from tests.service import prepared

READ, WRITE = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC
STREAMS = (("in", READ), ("out", WRITE), ("err", WRITE))
WITHIN = 100.0  # seconds, on a busy machine


@dataclass(frozen=True, slots=True)
class Ended:
    """One run of the command."""

    code: int
    out: str
    err: str


class Command:
    """Runs `hotline` in a folder of its own, without the semantic view."""

    def __init__(self, folder: Path) -> None:
        self.folder = prepared(folder)

    def __call__(self, *args: str, given: str | bytes = "", **settings: str) -> Ended:
        """Run to the end; `given` on standard input."""
        raw = given if isinstance(given, bytes) else given.encode()
        (self.folder / "in").write_bytes(raw)
        own = {"SEMANTIC": "false", "VAR_DIR": str(self.folder / "var"), **settings}
        code = start(partial(_run, args, own, self.folder)).wait(WITHIN)
        out, err = ((self.folder / name).read_text() for name in ("out", "err"))
        return Ended(code, out, err)


def _run(args: Sequence[str], settings: Mapping[str, str], folder: Path) -> None:
    """The command, with its standard streams in the folder."""
    gc.freeze()  # what was imported stays for good
    for number, (name, how) in enumerate(STREAMS):
        os.dup2(os.open(folder / name, how, 0o600), number)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")
    os.environ.update(settings)
    bot.cli.app(list(args), prog_name="hotline")
