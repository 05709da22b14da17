"""COPY in binary: every value comes back as it went in; queries planned for rows just copied."""

from __future__ import annotations

import uuid

import numpy as np
import pytest
from django.db import connection

from reconciliation.columns import NO_DAY
from reconciliation.copy_binary import (
    binary_rows,
    day_fields,
    number_fields,
    same_field,
    text_fields,
)
from reconciliation.copying import copy_in

TEXTS = ["", "tab\there", "line\nend\r\n", "back\\slash \\N", "“Müller” 漢字 🙂", "\\."]
DAYS = [0, -1, 20_000, int(NO_DAY), -25_567, 10_957]
AMOUNTS = [0, 1, -1, 999_999_999_999_999, -999_999_999_999_999, 10**15]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [DAYS, [int(NO_DAY)] * 6, [7] * 6])
def test_values_come_back_as_they_went_in(days: list[int]) -> None:
    key = uuid.uuid4()
    rows = binary_rows(
        len(TEXTS),
        same_field(key),
        same_field("bänk"),
        number_fields(np.array(AMOUNTS, np.int64), 8),
        day_fields(np.array(days, np.int32)),
        text_fields("\0".join(TEXTS).encode(), len(TEXTS)),
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE arrived (k uuid, s text, n bigint, d date, t text)")
        copy_in("arrived", (rows[:40], rows[40:]), form="binary")
        cursor.execute("SELECT k, s, n, d - DATE '1970-01-01', t FROM arrived")
        found = cursor.fetchall()
    told = [None if day == NO_DAY else day for day in days]
    assert found == [(key, "bänk", *rest) for rest in zip(AMOUNTS, told, TEXTS, strict=True)]
