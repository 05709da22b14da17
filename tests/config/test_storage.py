"""Stored bytes come back as they went in; static files carry their hash, in modules too."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile, File
from django.test import override_settings

from config.storage import HashedStaticStorage
from reconciliation.blobs import CHUNK_BYTES, DatabaseStorage
from reconciliation.models import StoredChunk


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7])
def test_bytes_come_back_whole(size: int) -> None:
    """Whatever their number, in pieces of one mebibyte."""
    content = bytes(range(256)) * (size // 256 + 1)
    storage = DatabaseStorage()
    storage.save("a/b.csv", ContentFile(content[:size]))
    with storage.open("a/b.csv") as stored:
        assert (stored.read(), storage.size("a/b.csv")) == (content[:size], size)
    assert StoredChunk.objects.count() == -(-size // CHUNK_BYTES)


@pytest.mark.django_db
def test_any_position_can_be_read() -> None:
    """A zip is read from its end."""
    content = bytes(i % 251 for i in range(CHUNK_BYTES + 1000))
    storage = DatabaseStorage()
    storage.save("x", File(io.BytesIO(content)))
    with storage.open("x") as stored:
        stored.seek(-1010, io.SEEK_END)
        assert stored.read(20) == content[-1010:-990]
        stored.seek(CHUNK_BYTES - 3)
        assert stored.read(6) == content[CHUNK_BYTES - 3 : CHUNK_BYTES + 3]


@pytest.mark.django_db
def test_a_taken_name_gets_a_companion_and_a_deleted_file_is_gone() -> None:
    """Nothing is ever overwritten."""
    storage = DatabaseStorage()
    first, second = (storage.save("x.csv", ContentFile(text)) for text in (b"1", b"2"))
    assert first != second
    storage.delete(first)
    assert (storage.exists(first), storage.open(second).read()) == (False, b"2")
    with pytest.raises(FileNotFoundError):
        storage.open(first)


def test_modules_import_their_siblings_by_hashed_names(tmp_path: Path) -> None:
    """No module loads a stale sibling after an update."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "money.js").write_text("export const total = 1;\n")
    (source / "page.js").write_text('import { total } from "./money.js";\n')
    with override_settings(STATIC_ROOT=tmp_path / "out", STATICFILES_DIRS=[source]):
        storage = HashedStaticStorage(location=tmp_path / "out", base_url="/static/")
        collect(storage, source)
        page = (tmp_path / "out" / storage.stored_name("page.js")).read_text()
    assert storage.stored_name("money.js") in page


def collect(storage: ManifestStaticFilesStorage, source: Path) -> None:
    """Copy the files and post-process them, as collectstatic does."""
    paths = {}
    for file in source.iterdir():
        storage.save(file.name, ContentFile(file.read_bytes()))
        paths[file.name] = (storage, file.name)
    outcomes = list(storage.post_process(paths, dry_run=False))
    assert not [error for _, _, error in outcomes if isinstance(error, Exception)]
