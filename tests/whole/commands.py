"""The `hotline` command run many times, each in a process of its own, but imported only once.

`python -m tests.whole.commands` reads one run a line, {"args", "settings", "in", "out", "err"},
forks a process for it, and writes its exit code.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.service import ROOT

READ, WRITE = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Ended:
    """One run of the command."""

    code: int
    out: str
    err: str


class Command:
    """Runs `hotline` in a folder of its own, without the semantic view."""

    def __init__(self, folder: Path, forker: subprocess.Popen[str]) -> None:
        self.folder = folder
        self._forker = forker

    def __call__(self, *args: str, given: str | bytes = "", **settings: str) -> Ended:
        """Run to the end; `given` on standard input."""
        files = {name: str(self.folder / name) for name in ("in", "out", "err")}
        raw = given if isinstance(given, bytes) else given.encode()
        Path(files["in"]).write_bytes(raw)
        own = {"SEMANTIC": "false", "VAR_DIR": str(self.folder / "var"), **settings}
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.write(json.dumps({"args": args, "settings": own, **files}) + "\n")
        self._forker.stdin.flush()
        code = int(self._forker.stdout.readline())
        return Ended(code, Path(files["out"]).read_text(), Path(files["err"]).read_text())


@contextmanager
def command(folder: Path) -> Iterator[Command]:
    """The command, ready to be run."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.whole.commands"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # a fork takes no other thread along
    ) as forker:
        try:
            yield Command(folder, forker)
        finally:
            os.killpg(forker.pid, signal.SIGKILL)


def main() -> None:
    # What every run needs is imported before the first.
    import bot.app
    import bot.cli
    import bot.knowledge.check
    import bot.terminal

    for line in sys.stdin:
        run = json.loads(line)
        child = os.fork()
        if not child:
            become(run)
            bot.cli.app(run["args"], prog_name="hotline")
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def become(run: dict[str, Any]) -> None:
    """Take on the standard streams and the settings of a run."""
    for number, (name, how) in enumerate((("in", READ), ("out", WRITE), ("err", WRITE))):
        os.dup2(os.open(run[name], how, 0o600), number)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")
    os.environ.update(run["settings"])


if __name__ == "__main__":
    main()
