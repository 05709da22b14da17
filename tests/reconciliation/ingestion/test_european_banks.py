"""European banks: shapes of files that real exports have, each told by a rule that knows no bank.

All of them are look-alikes with invented names.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.ingestion.words import roles_of_header
from reconciliation.vocabulary import Side


def read(
    folder: Path, content: str | bytes, chosen: str = "", currency: str = ""
) -> tuple[Reading, list[int]]:
    """Return the reading and the amounts of a bank's file, in minor units of two decimals."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    options = parse_options(chosen)
    parsed = parse_file(path, 2, currency, Side.BANK, options, dt.date(2026, 1, 1))
    if parsed.layout is None or parsed.reading.status != "ready":
        return parsed.reading, []
    batches = parse_batches(path, parsed.layout, parsed.header, Side.BANK, 2)
    return parsed.reading, [amount for b in batches for amount in b.lines.amount_minor.tolist()]


def blocking(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions if question.blocking]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Castka", "amount"),
        ("ΧΡΕΩΣΗ", "debit"),
        ("Καταθέσεις", "credit"),
        ("Datum zauctovani", "date"),
        ("Разход", "debit"),
        ("Kwota uznania", "credit"),
    ],
)
def test_header_words_are_known_without_accents_and_in_capitals(name: str, role: str) -> None:
    roles = roles_of_header(name)
    assert max(roles, key=lambda key: roles[key]) == role


MONEY_OUT_ALONE = """Дата,Приход,Разход,Описание
01.04.2019,0.00,1.96,Хляб
14.04.2019,0.00,1.68,Мляко
"""


def test_income_column_of_noughts_stands_beside_expenses(tmp_path: Path) -> None:
    assert read(tmp_path, MONEY_OUT_ALONE)[1] == [-196, -168]


def test_status_words_of_small_languages_announce_rows(tmp_path: Path) -> None:
    rows = "2025-03-14,Kavárna,-20.00,Zaúčtováno\n2025-03-15,Kino,-30.00,Nezaúčtováno\n"
    reading, _ = read(tmp_path, f"Datum,Popis,Částka,Stav\n{rows}")
    assert "pending" in [question.key for question in reading.questions]


BROKER = """Datum,Tekst,Mutatie,,Saldo,,Order
27-12-2019,Dividend,EUR,"0,19",EUR,"13,88",
26-12-2019,Belasting,EUR,"-0,03",EUR,"13,69",
24-12-2019,Storting,EUR,"10,00",EUR,"13,72",x
"""


def test_names_above_the_currency_mean_the_figures_beside_it(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, BROKER)
    assert (amounts, reading.balance_proof) == ([19, -3, 1000], "proved")


BESIDE = """,Data,,Detalii,,Debit,Credit
03.10.2020,,Transfer,,"20,00",,
14.10.2020,,Plata,,"4,00",,
28.10.2020,,Incasare,,,,"5,00"
"""
NO_CREDITS = """Date,Text,Debit,Credit,
03.10.2020,Tea,20.00,,80.00
14.10.2020,Milk,4.00,,76.00
"""


@pytest.mark.parametrize(
    ("text", "amounts"), [(BESIDE, [-2000, -400, 500]), (NO_CREDITS, [-2000, -400])]
)
def test_name_of_an_empty_column_moves_only_to_what_takes_turns(
    tmp_path: Path, text: str, amounts: list[int]
) -> None:
    assert read(tmp_path, text)[1] == amounts


def test_stated_period_writes_days_as_the_table_does(tmp_path: Path) -> None:
    text = "Conta;1\nPeríodo;01-09-2025 a 30-09-2025\n\nData;Descrição;Montante\n"
    reading, _ = read(tmp_path, text + "02-09-2025;Loja;-45,20\n03-09-2025;Casa;20,00\n")
    assert (reading.status, reading.first_date) == ("ready", "2025-09-02")


ABROAD = """ID,Date,Amount,Currency,Running Balance,Exchange To
1,28-08-2025,-10.00,GBP,61.00,BRL
2,27-08-2025,-2.50,GBP,71.00,
3,26-08-2025,-5.00,GBP,73.50,USD
4,25-08-2025,78.50,GBP,78.50,
"""


def test_currency_of_an_exchange_does_not_divide_the_balance(tmp_path: Path) -> None:
    assert read(tmp_path, ABROAD)[0].balance_proof == "proved"


COLLECTIVE = """Datum;Text;Einzelbetrag;Belastung;Gutschrift;Saldo
31.01.2024;Einkauf;;23.80;;950.00
30.01.2024;Sammelauftrag;;400.00;;973.80
;Krankenkasse;385.40;;;
;Steuern;14.60;;;
25.01.2024;Lohn;;;5400.00;1373.80
"""


def test_details_of_a_collective_order_are_no_bookings(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, COLLECTIVE)
    assert (amounts, reading.skipped_count) == ([-2380, -40000, 540000], 2)


def test_column_named_for_both_directions_is_signed(tmp_path: Path) -> None:
    text = "IBAN;Booked At;Text;Credit/Debit Amount;Balance\n"
    rows = "CH1;2024-01-31;Einkauf;-38.65;1200.5\nCH1;2024-01-29;Lohn;5400;1239.15\n"
    assert read(tmp_path, text + rows)[1] == [-3865, 540000]


def test_of_two_columns_of_one_name_the_full_one_is_the_amount(tmp_path: Path) -> None:
    text = "Belegdatum;Zweck;Fremdwährung;Betrag;Kurs;Betrag;Währung\n"
    rows = "21.01.2017;Tee;;;;- 12,34;EUR\n23.01.2017;Bus;USD;130,00;1,10;118,18;EUR\n"
    assert read(tmp_path, text + rows)[1] == [-1234, 11818]


@pytest.mark.parametrize(
    ("account", "text", "alphabet"),
    [
        ("LT121000011101001000", "Pervedimas sąskaita", "cp1257"),
        ("PL61109010140000071219812874", "Opłata za kartę", "cp1250"),
        ("HU42117730161111101800000000", "Átutalás", "cp1250"),
        ("DK5000400440116243", "Købmand", "cp1252"),
    ],
)
def test_country_of_the_accounts_tells_the_alphabet(
    tmp_path: Path, account: str, text: str, alphabet: str
) -> None:
    rows = "".join(f"{account},2025-01-{day},-{day}.50,{text}\n" for day in range(13, 20))
    reading, amounts = read(tmp_path, f"a,b,c,d\n{rows}".encode(alphabet))
    assert (len(amounts), reading.layout[0].value) == (7, alphabet)


OWED = """İşlem Tarihi;İşlemler;Borç Tutarı (TL)
20/06/2025;Yemek;514,99
20/06/2025;Yemek iade;204,17(-)
21/06/2025;Market;104,17
"""


def test_amounts_owed_are_asked_about_and_a_sign_in_brackets_is_one(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, OWED)
    assert "sign" in [question.key for question in reading.questions]
    assert read(tmp_path, OWED, "sign=reversed")[1] == [-51499, 20417, -10417]
    assert amounts == [51499, -20417, 10417]


def test_net_after_fees_is_the_amount_where_gross_stands_beside_it(tmp_path: Path) -> None:
    text = "id,created,currency,gross,fee,net\n"
    rows = "a,2026-09-14,eur,60.00,0.87,59.13\nb,2026-09-15,eur,-2.00,0.00,-2.00\n"
    rows += "c,2026-09-18,eur,-57.13,0.00,-57.13\n"
    assert read(tmp_path, text + rows)[1] == [5913, -200, -5713]


def test_hard_spaces_alone_leave_no_doubt_about_the_alphabet(tmp_path: Path) -> None:
    rows = "28.07.2025;Bil;-15\xa0400,00\n27.07.2025;Lon;25\xa0000,00\n"
    reading, amounts = read(tmp_path, f"Datum;Text;Belopp\n{rows}".encode("cp1252"))
    assert (amounts, blocking(reading)) == ([-1540000, 2500000], [])


TWO_TABLES = """"Giro";"Zeitraum: 01.01.2025 - 31.03.2025";
"Buchungstag";"Valuta";"Buchungstext";"Umsatz in EUR";
"12.03.2025";"12.03.2025";"Café";"-12,34";

"Karte";"Zeitraum: 01.01.2025 - 31.03.2025";
"Buchungstag";"Valuta";"Referenz";"Buchungstext";"Umsatz in EUR";
"27.02.2025";"26.02.2025";"123456";"Hotel";"-37,99";
"20.02.2025";"19.02.2025";"123457";"Shop";"-7,99";
"""


def test_bookings_above_a_second_table_are_never_dropped(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, TWO_TABLES)
    assert (reading.status, [error.line for error in reading.errors]) == ("refused", [3])


def test_payout_beside_a_sum_is_no_direction(tmp_path: Path) -> None:
    text = "Datum;Beschreibung;Summe;Gebühr;Auszahlung\n"
    rows = "2025-03-15;Kaffee;10,00;0,14;9,86\n2025-03-16;Kuchen;25,00;0,35;24,65\n"
    assert "amount" in blocking(read(tmp_path, text + rows)[0])
    assert read(tmp_path, text + rows, "amount=5,sign=as_written")[1] == [986, 2465]


NO_NAMES = """2025-03-01,Shop,-10.50,EUR,COMPLETED
2025-03-02,Hotel,-30.00,EUR,REVERTED
2025-03-03,Bar,-20.25,EUR,COMPLETED
2025-03-14,Taxi,-9.00,EUR,PENDING
"""


def test_column_of_states_needs_no_name(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, NO_NAMES)
    assert (amounts, reading.skipped_count) == ([-1050, -2025, -900], 1)
    assert "pending" in [question.key for question in reading.questions]


BALANCES = """EE082200221234567890;01.03.2025;Algsaldo;100,00;K
EE082200221234567890;02.03.2025;Ost;25,40;D
EE082200221234567890;31.03.2025;Käive;25,40;D
EE082200221234567890;31.03.2025;lõppsaldo;74,60;K
"""


def test_balances_stay_out_where_no_header_names_the_text(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, BALANCES)
    assert (amounts, reading.skipped_count) == ([-2540], 3)


CARD = """Datum,Beschreibung,Betrag,Land
15/06/2025,Markt,"45,90",
17/06/2025,ZAHLUNG ERHALTEN. BESTEN DANK.,"-500,00",
19/06/2025,Buch,"12,00",
"""


def test_payment_received_with_a_minus_is_asked_about(tmp_path: Path) -> None:
    assert "sign" in [question.key for question in read(tmp_path, CARD)[0].questions]
