"""Uploaded originals and finished workbooks, kept in the database in pieces.

Web and worker may share no disk, so the bytes live where both can reach them. Only
`reconciliation.blobs` reads or writes these tables.
"""

from django.db import models
from django.db.models import Q


class StoredBytes(models.Model):
    """One stored file: its name and how many bytes it has."""

    name = models.TextField(unique=True)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="stored_bytes_size_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class StoredChunk(models.Model):
    """One piece of a stored file; every piece but the last has the full chunk length."""

    stored_bytes = models.ForeignKey(StoredBytes, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stored_bytes", "position"], name="stored_chunk_position_once_per_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored_bytes_id} piece {self.position}"
