"""Kept lines: the import takes what the reading found, and reads again where that is gone."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile

from projects.models import Project
from reconciliation.columns import LineColumns
from reconciliation.errors import WrongState
from reconciliation.ingestion import background, frames, ingest, kept_lines
from reconciliation.ingestion.upload import SETTLED
from reconciliation.models import Line, SourceFile
from reconciliation.vocabulary import Side
from tests import factories

GOOD = b"Date,Description,Amount\n2025-12-01,Rent,-900.00\n2025-12-02,Sale,1250.50\n"
WITH_ERROR = GOOD + b"2025-12-03,Card,12.3.4\n2025-12-04,Fee,-1.25\n2025-12-05,Fee,-1.50\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "readings"


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whoever starts a program fails."""
    monkeypatch.setattr(subprocess, "Popen", None)
    return monkeypatch


def read(project: Project, content: bytes = GOOD) -> SourceFile:
    source_file = ingest.receive_upload(
        project=project, side=Side.BANK, name="bank.csv", content=ContentFile(content),
        by=project.created_by,
    )  # fmt: skip
    ingest.read_file(source_file=source_file)
    return source_file


def confirm(source_file: SourceFile, *, without_errors: bool = False) -> None:
    by = source_file.project.created_by
    ingest.confirm_import(source_file=source_file, by=by, without_errors=without_errors)
    source_file.refresh_from_db()


def test_import_takes_the_lines_of_the_reading_and_removes_them(home, request):
    source_file = read(factories.make_project())
    confirm(source_file)
    request.getfixturevalue("no_child")
    stored = ingest.import_file(source_file=source_file, by=source_file.uploaded_by)
    lines = Line.objects.order_by("row_number").values_list("description", "amount_minor")
    assert list(lines) == [("Rent", -90000), ("Sale", 125050)]
    assert (stored.row_count, list(home.iterdir())) == (2, [])


def test_import_without_bad_rows_takes_the_good_lines(home, request):
    source_file = read(factories.make_project(), WITH_ERROR)
    confirm(source_file, without_errors=True)
    request.getfixturevalue("no_child")
    assert ingest.import_file(source_file=source_file, by=source_file.uploaded_by).row_count == 4


def test_lines_read_by_another_layout_are_not_taken(home):
    source_file = read(factories.make_project())
    settled = source_file.reading[SETTLED]
    assert kept_lines.open_kept(source_file, settled) is not None
    turned = {**settled, "layout": {**settled["layout"], "sign": "reversed"}}
    assert kept_lines.open_kept(source_file, turned) is None


def test_lines_of_other_bytes_are_not_taken(home):
    source_file = read(factories.make_project())
    source_file.sha256 = "0" * 64
    assert kept_lines.open_kept(source_file, source_file.reading[SETTLED]) is None


def test_lines_of_another_reading_by_the_same_layout_are_not_taken(home):
    source_file = read(factories.make_project())
    [kept] = home.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"Rent", b"Lent"))
    confirm(source_file)
    ingest.import_file(source_file=source_file, by=source_file.uploaded_by)
    assert Line.objects.filter(description="Rent").count() == 1


@pytest.mark.parametrize("changed", ["amount_minor", "booked_on"])
def test_lines_read_again_by_other_rules_than_the_preview_are_refused(home, monkeypatch, changed):
    source_file = read(factories.make_project())
    kept_lines.forget(source_file)
    confirm(source_file)
    packed = background.packed_in_child

    def by_other_rules(*settled: Any) -> Iterator[frames.PackedLines]:
        for lines in packed(*settled):
            yield dataclasses.replace(lines, **{changed: getattr(lines, changed) + 1})

    monkeypatch.setattr(background, "packed_in_child", by_other_rules)
    with pytest.raises(WrongState, match="other amounts or days"):
        ingest.import_file(source_file=source_file, by=source_file.uploaded_by)
    source_file.refresh_from_db()
    assert (Line.objects.count(), source_file.status) == (0, "ready")


def test_lines_that_are_gone_are_read_again(home):
    source_file = read(factories.make_project())
    kept_lines.forget(source_file)
    confirm(source_file)
    assert ingest.import_file(source_file=source_file, by=source_file.uploaded_by).row_count == 2


def test_lines_that_a_crash_cut_off_are_read_again(home):
    source_file = read(factories.make_project())
    [kept] = home.iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    confirm(source_file)
    assert ingest.import_file(source_file=source_file, by=source_file.uploaded_by).row_count == 2


def test_what_a_killed_reading_left_goes_after_a_day(home):
    read(factories.make_project())
    for name, age in (("reading-killed", 0), ("reading-under-way", None)):
        (home / name).mkdir()
        (home / name / "lines").write_bytes(b"x")
        if age is not None:
            os.utime(home / name, (age, age))
    kept_lines.forget_old()
    assert sorted(place.is_dir() for place in home.iterdir()) == [False, True]
    assert not (home / "reading-killed").exists()


def test_too_many_lines_go_and_a_reading_under_way_stays(home, monkeypatch):
    read(factories.make_project())
    (home / "reading-under-way").mkdir()
    monkeypatch.setattr(kept_lines, "_MOST_BYTES", 0)
    kept_lines.forget_old()
    assert [place.name for place in home.iterdir()] == ["reading-under-way"]


def test_lines_older_than_a_day_go_with_the_next_reading(home):
    first = read(factories.make_project())
    [kept] = home.iterdir()
    os.utime(kept, (0, 0))
    second = read(first.project, GOOD + b"2025-12-03,Tea,-2.00\n")
    assert [place.name.startswith(str(second.pk)) for place in home.iterdir()] == [True]


def test_machine_without_a_place_for_them_reads_all_the_same(settings, tmp_path):
    settings.VAR = tmp_path / "file"
    settings.VAR.write_text("no folder")
    source_file = read(factories.make_project())
    assert source_file.reading["rows"] == 2
    assert kept_lines.open_kept(source_file, source_file.reading[SETTLED]) is None


def test_place_that_takes_nothing_stops_no_reading(home, monkeypatch):
    def not_here(*, prefix: str, dir: Path | None, **_: object) -> TemporaryDirectory[str]:
        if dir == home:
            raise PermissionError(13, "Permission denied")
        return TemporaryDirectory(prefix=prefix)

    monkeypatch.setattr(kept_lines, "TemporaryDirectory", not_here)
    assert read(factories.make_project()).reading["rows"] == 2


def test_file_of_lines_that_cannot_begin_stops_nothing(tmp_path):
    file = frames.LinesFile(tmp_path / "gone" / "lines")
    file.add(one_line())
    file.close(is_whole=True)
    assert list(tmp_path.iterdir()) == []


def test_disk_without_room_keeps_nothing_and_stops_nothing(tmp_path, monkeypatch):
    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = frames.LinesFile(tmp_path / "lines")
    monkeypatch.setattr(frames.np, "ascontiguousarray", no_room)
    file.add(one_line())
    file.add(one_line())
    file.close(is_whole=True)
    assert list(tmp_path.iterdir()) == []


def one_line() -> LineColumns:
    numbers = (np.ones(1, np.int64), *(np.ones(1, np.int32) for _ in range(3)))
    return LineColumns(Side.BANK, *numbers, np.ones(1, np.int64), *[np.array(["ü"], object)] * 4)


def test_packed_lines_come_back_as_they_were():
    packed = frames.PackedLines.of(one_line())
    assert packed.texts["kind"] == "ü".encode()
    assert packed.unpacked().description.tolist() == ["ü"]
