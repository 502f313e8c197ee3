"""The secrets of second factors: unreadable in the database, whatever key they were sealed with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.console import seal_second_factors
from bot.console.safe import Safe
from bot.records.database import Database
from bot.records.staff import Role, Staff
from bot.settings import Settings

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OLD, NEW = "o" * 32, "n" * 32


def settings(folder: Path, key: str) -> Settings:
    return Settings(var_dir=folder, secret_key=key)  # type: ignore[arg-type]


def test_only_a_key_opens_what_it_sealed() -> None:
    one, other = Safe([OLD.encode()]), Safe([NEW.encode()])
    kept = one.seal(SECRET)
    assert SECRET not in kept
    assert len(kept) <= 200  # the column's length
    assert one.seal(SECRET) != kept
    assert one.open(kept) == SECRET
    assert other.open(kept) is None
    assert other.renewed(kept) is None
    assert one.renewed(kept) == kept


def test_what_was_changed_opens_no_more() -> None:
    safe = Safe([OLD.encode()])
    kept = safe.seal(SECRET)
    assert safe.open(kept[:-4] + "AAAA") is None


async def test_at_the_start_everything_is_sealed_with_the_newest_key(
    database: Database, staff: Staff, tmp_path: Path
) -> None:
    people = [await staff.add(login, login, Role.STAFF, "x") for login in ("a", "b", "c", "d")]
    old = Safe([OLD.encode()])
    lost = Safe([b"l" * 32]).seal(SECRET)
    for member, kept in zip(people, (SECRET, old.seal(SECRET), lost), strict=False):
        await staff.set_second_factor(member.number, kept, [])
    for _ in range(2):
        await seal_second_factors(settings(tmp_path, f"{NEW}, {OLD}"), database)
    kept = await staff.secrets()
    assert [Safe([NEW.encode()]).open(it) for it in kept.values()] == [SECRET, SECRET, None]
    assert list(kept.values())[2] == lost


async def test_a_secret_that_was_changed_meanwhile_is_left(staff: Staff) -> None:
    member = await staff.add("a", "a", Role.STAFF, "x")
    await staff.set_second_factor(member.number, "new", [])
    await staff.seal_anew(member.number, "old", "sealed")
    assert await staff.secrets() == {member.number: "new"}


async def test_without_a_setting_the_key_is_made_and_nobody_else_reads_it(
    database: Database, staff: Staff, tmp_path: Path
) -> None:
    member = await staff.add("a", "a", Role.STAFF, "x")
    await staff.set_second_factor(member.number, SECRET, [])
    await seal_second_factors(Settings(var_dir=tmp_path), database)
    file = tmp_path / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert Safe([file.read_bytes()]).open((await staff.secrets())[member.number]) == SECRET


@pytest.mark.parametrize("key", ["short", f"{NEW},short", f"{NEW},"])
def test_a_short_key_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="secret_key"):
        settings(tmp_path, key)
