"""Dates written out in words, in the languages statements come in; all of them 27 August 2025."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation.ingestion.dates import date_of_cell
from reconciliation.ingestion.months import MONTHS, month_of

WRITTEN = [
    "27. August 2025", "27 août 2025", "27 de agosto de 2025", "27 d’agost del 2025",
    "27 sierpnia 2025", "27. srpna 2025", "27. augusta 2025", "2025. augusztus 27.",
    "2025. aug. 27.", "27 kolovoza 2025.", "27. kol 2025.", "27. avgust 2025.", "27 август 2025 г.",
    "27 августа 2025 года", "27 серпня 2025 р.", "27 жніўня 2025", "27 gusht 2025",
    "27 Ağustos 2025", "27 AGUSTOS 2025", "27. ágúst 2025", "2025 m. rugpjūčio 27 d.",
    "2025. gada 27. augusts", "27 august 2025", "27 elokuuta 2025", "27 Αυγούστου 2025",
    "27 ΑΥΓΟΥΣΤΟΥ 2025", "27 ta’ Awwissu 2025", "27 Lúnasa 2025", "27 Awst 2025",
    "27 thg 8, 2025", "ngày 27 tháng 8 năm 2025", "27 Agustus 2025", "27 Ogos 2025",
    "27 สิงหาคม 2568", "27 ส.ค. 68", "27 ส.ค. 2568", "27 अगस्त 2025", "27 আগস্ট 2025",
    "27 ஆகஸ்ட் 2025", "27 أغسطس 2025", "27 آب 2025", "27 أوت 2025", "27 באוגוסט 2025",
    "27 אוג׳ 2025", "27 اوت 2025", "2025. 8. 27.", "2025년 8월 27일", "令和7年8月27日",
    "Mittwoch, 27. August 2025", "quarta-feira, 27 de agosto de 2025",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_written_date_is_read(text: str) -> None:
    assert date_of_cell(text, "dmy") == (dt.date(2025, 8, 27), "")


@pytest.mark.parametrize(
    "text", ["27 thg 13 2025", "2025. 13. 27.", "27 agos. tus 2025", "27 August"]
)
def test_what_is_no_date_stays_none(text: str) -> None:
    assert date_of_cell(text, "dmy")[0] is None


def test_no_word_without_its_accents_names_another_month() -> None:
    assert {word: month_of(word.upper()) for word in MONTHS} == MONTHS
