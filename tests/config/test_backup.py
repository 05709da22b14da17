"""What a backup saved is there again after a restore."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.factories import make_user


@pytest.mark.django_db(transaction=True)
def test_restore_brings_back_what_backup_saved(tmp_path: Path) -> None:
    """Also what was deleted since, without what came since."""
    make_user("ann")
    out = tmp_path / "books.dump"
    call_command("backup", str(out))
    User.objects.all().delete()
    make_user("ben")
    call_command("restore", str(out), "--yes")
    assert list(User.objects.values_list("username", flat=True)) == ["ann"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path) -> None:
    """The message is what PostgreSQL says of it."""
    make_user("ann")
    wrong = tmp_path / "wrong.dump"
    wrong.write_text("no backup")
    with pytest.raises(CommandError, match=r"Nothing was changed\. pg_restore said"):
        call_command("restore", str(wrong), "--yes")
    assert User.objects.count() == 1


def test_restore_without_an_answer_changes_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    """A script that forgot --yes has nobody to ask."""
    monkeypatch.setattr("sys.stdin", StringIO(""))
    (tmp_path / "books.dump").touch()
    with pytest.raises(CommandError, match=r"Nothing was changed\. Answer yes, or say --yes"):
        call_command("restore", str(tmp_path / "books.dump"))


def test_backup_overwrites_nothing(tmp_path: Path) -> None:
    """An older backup may be the only good one."""
    (tmp_path / "books.dump").touch()
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(tmp_path / "books.dump"))
