#!/usr/bin/env bash
# Copy what this machine's hotline keeps into one archive; it may be running.
#   deploy/backup.sh FOLDER [DAYS]     older archives than DAYS are deleted
# Takes the bundled Redis, the SQLite file and the content, where the settings in the environment say
# they are. What lies elsewhere (REDIS_URL, PostgreSQL) is named and must be copied there.
# Restoring: deploy/README.md.
set -euo pipefail
umask 077

if [[ $# -lt 1 || $# -gt 2 || ! ${2:-1} =~ ^[0-9]+$ ]]; then
    echo "usage: $0 FOLDER [DAYS]" >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
days=${2:-}
cd "$(dirname "$0")/.."
archive=$folder/hotline-$(date -u +%Y%m%dT%H%M%SZ).tar.gz

stage=$(mktemp -d "$folder/.hotline-XXXXXX")
trap 'rm -rf "$stage" "$stage.tar.gz"' EXIT

"${PYTHON:-.venv/bin/python}" - "$stage" <<'PY'
import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bot.records.engines import address_of
from bot.settings import SettingsError, read_settings


def copy_redis(source: Path, target: Path) -> None:
    """The append-only file, or in Redis 7 its parts: as they are at one moment.

    What is linked stays complete while Redis rewrites and deletes; an unchanged manifest says that
    the links belong together. A copy may end in the middle of a write: that one was not confirmed.
    """
    for _ in range(100):
        with tempfile.TemporaryDirectory(dir=source.parent, prefix=".backup-") as links:
            before = manifest(source)
            try:
                sizes = link(source, Path(links))
            except FileNotFoundError:  # a rewrite has just ended
                continue
            if manifest(source) != before:
                continue
            for name, size in sizes.items():
                copy(Path(links) / name, target / name, size)
            return
    raise SystemExit("Redis keeps rewriting its file: try again later")


def manifest(source: Path) -> bytes:
    file = source / "appendonlydir" / "appendonly.aof.manifest"
    return file.read_bytes() if file.exists() else b""


def link(source: Path, links: Path) -> dict[Path, int]:
    """Link the files that Redis reads at its start; their names and sizes."""
    names = [file.relative_to(source) for file in source.rglob("*.aof*") if file.is_file()]
    kept = [name for name in names if not name.name.startswith("temp-")]
    sizes = {}
    for name in kept:
        (links / name).parent.mkdir(exist_ok=True)
        os.link(source / name, links / name)
        sizes[name] = (links / name).stat().st_size
    return sizes


def copy(source: Path, target: Path, size: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as write:
        while size > 0 and (block := read.read(min(size, 1 << 20))):
            size -= write.write(block)


def copy_sqlite(source: Path, target: Path) -> None:
    """All of the database as of one moment, with what the write-ahead log holds; then verified."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reading:
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            verdict = writing.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise SystemExit(f"the copy of {source} is damaged: {verdict}")


stage = Path(sys.argv[1])
try:
    settings = read_settings()
except SettingsError as error:
    raise SystemExit(str(error)) from None
database = address_of(settings.database)
redis = settings.var_dir.absolute() / "redis"

# Redis before SQL: what passes from one to the other meanwhile is then in both copies, and what is
# written twice is kept once. The other way round it would be in neither.
if settings.redis_url is not None:
    print("not in the archive: Redis (REDIS_URL)", file=sys.stderr)
elif redis.is_dir():
    copy_redis(redis, stage / "var" / "redis")
if database.get_backend_name() != "sqlite":
    print("not in the archive: PostgreSQL (DATABASE_URL), see pg_dump", file=sys.stderr)
elif Path(database.database).exists():
    copy_sqlite(Path(database.database).absolute(), stage / "var" / "hotline.db")
shutil.copytree(settings.content_dir, stage / "content")
PY

tar -C "$stage" -czf "$stage.tar.gz" .
sync "$stage.tar.gz"
mv "$stage.tar.gz" "$archive"
if [[ -n $days ]]; then
    find "$folder" -maxdepth 1 -name 'hotline-*.tar.gz' -mtime "+$days" -delete
fi
echo "$archive"
