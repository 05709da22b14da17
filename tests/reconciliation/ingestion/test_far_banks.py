"""Far banks: shapes of files from outside Europe, each told by a rule that knows no bank.

All of them are look-alikes with invented names.
"""

from __future__ import annotations

from pathlib import Path

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, content: str | bytes, chosen: str = "") -> tuple[Reading, list[int]]:
    """Return the reading and the amounts of a bank's file, in minor units of two decimals."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    parsed = parse_file(path, 2, "", Side.BANK, parse_options(chosen))
    if parsed.layout is None or parsed.reading.status != "ready":
        return parsed.reading, []
    batches = parse_batches(path, parsed.layout, parsed.header, Side.BANK, 2)
    return parsed.reading, [amount for b in batches for amount in b.lines.amount_minor.tolist()]


def test_flag_in_two_languages_tells_in_from_out(tmp_path: Path) -> None:
    rows = "1,2025-01-02,贷 Cr,12.30,利息\n2,2025-01-03,借 Dr,3.20,茶\n"
    text = f"序号,交易日期,借贷,交易金额,摘要\n{rows}"
    assert read(tmp_path, text)[1] == [1230, -320]


WALLET = """交易时间,交易对方,收/支,金额,备注
2025-02-28 20:35:13,茶馆,支出,22.30,/
2025-02-27 07:04:17,退款,收入,20.00,/
2025-02-26 07:04:17,理财,不计收支,500.00,/
"""


def test_rows_that_are_neither_income_nor_expense_are_asked_about(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, WALLET)
    assert (reading.status, [e.text for e in reading.errors]) == ("refused", ["不计收支"])
    assert read(tmp_path, WALLET, "errors=skip")[1] == [-2230, 2000]


def test_ordered_and_paid_amount_beside_a_flag_are_asked_about(tmp_path: Path) -> None:
    text = (
        "交易日期,标题,收/支,订单金额,实付金额\n"
        "2025-02-28,面,支出,22.30,21.17\n2025-02-27,退款,收入,20.00,20.00\n"
    )
    reading, _ = read(tmp_path, text)
    assert [q.key for q in reading.questions if q.blocking] == ["amount"]
    assert read(tmp_path, text, reading.questions[0].answers[1].option)[1] == [-2117, 2000]


def test_two_pairs_with_other_figures_are_asked_about(tmp_path: Path) -> None:
    text = (
        "Date,Text,Card Debit,Card Credit,Home Debit,Home Credit\n"
        "2025-02-28,a,22.30,,20.10,\n2025-02-27,b,,20.00,,18.00\n"
    )
    reading, _ = read(tmp_path, text)
    assert [q.key for q in reading.questions if q.blocking] == ["debit"]
    assert read(tmp_path, text, "debit=5,credit=6")[1] == [-2010, 1800]


def test_sides_in_brackets_behind_one_name_are_a_pair(tmp_path: Path) -> None:
    text = (
        "交易日期,摘要,记账金额(收入),记账金额(支出),余额\n"
        '2025-05-02,茶,"    \t","18.00   \t","xx"\n2025-05-01,工资,"900.00  \t","    \t","xx"\n'
    )
    assert read(tmp_path, text)[1] == [-1800, 90000]


def test_day_of_entry_is_taken_before_the_day_of_purchase(tmp_path: Path) -> None:
    rows = "2024-12-13,2024-12-14,车,,50.00\n2024-12-20,2024-12-21,还,9.00,\n"
    reading, amounts = read(tmp_path, f"交易日,银行记账日,描述,存入,支出\n{rows}")
    assert (reading.first_date, reading.last_date, amounts) == (
        "2024-12-14",
        "2024-12-21",
        [-5000, 900],
    )


CARD = """"Дата операции";"Сумма операции";"Валюта операции";"Сумма платежа";"Валюта платежа"
"21.11.2020";"-10,00";"USD";"-760,50";"RUB"
"20.11.2020";"-1000,00";"RUB";"-1000,00";"RUB"
"""


def test_amount_in_the_one_currency_of_the_account_is_taken(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, CARD)
    assert (amounts, reading.options["currency_column"]) == ([-76050, -100000], "5")


def test_same_movements_in_other_figures_are_asked_about(tmp_path: Path) -> None:
    text = (
        "Date,Text,Amount,Amount at home\n2025-02-28,a,-22.30,-20.10\n2025-02-27,b,-20.00,-20.00\n"
    )
    assert [q.key for q in read(tmp_path, text)[0].questions if q.blocking] == ["amount"]
    assert read(tmp_path, text, "amount=4")[1] == [-2010, -2000]


def test_indian_grouping_of_the_balance_tells_day_first(tmp_path: Path) -> None:
    text = 'Date,Remarks,Withdrawal,Deposit,Balance\n01-04-2026,x,0.00,"11,800.00","1,11,800.00"\n'
    assert read(tmp_path, text)[0].first_date == "2026-04-01"


def test_row_marked_pend_in_place_of_its_date_is_not_booked(tmp_path: Path) -> None:
    text = (
        "Periode : 01/08/2026 - 31/08/2026\n\nTanggal Transaksi,Keterangan,Jumlah,,Saldo\n"
        '\'01/08,toko,"11,100.00",DB,"88,900.00"\n\'03/08,gaji,"55,500.00",CR,"144,400.00"\n'
        '\'PEND,biaya,"15.00",DB,"144,385.00"\nSaldo Awal,"100,000.00"\n'
    )
    reading, amounts = read(tmp_path, text)
    assert (amounts, reading.first_date) == ([-1110000, 5550000], "2026-08-01")


def test_list_under_the_heading_of_a_card_shows_that_it_may_be_reversed(tmp_path: Path) -> None:
    text = "Kart No: 1234\n\nTarih;Açıklama;Tutar\n8.07.2025;A;65,00 TL\n17.06.2025;B;-133,60 TL\n"
    assert "sign" in [q.key for q in read(tmp_path, text)[0].questions]


def test_kana_without_a_header_tell_shift_jis(tmp_path: Path) -> None:
    raw = '2026/09/03,スーパーマーケット,"12,340円"\n2026/09/04,コンビニ,"3,980円"\n'
    reading, amounts = read(tmp_path, raw.encode("shift_jis"), "sign=reversed")
    assert (amounts, reading.questions) == ([-1234000, -398000], [])


def test_thai_letters_in_one_byte_are_no_damaged_utf8(tmp_path: Path) -> None:
    text = "วันที่,รายการ,ถอนเงิน,ฝากเงิน,ยอดคงเหลือ\n16/06/2569,รับโอนเงิน,,600.00,900.92\n"
    reading, amounts = read(tmp_path, text.encode("cp874"))
    assert (amounts, reading.first_date) == ([60000], "2026-06-16")


def test_currency_without_decimals_groups_thousands(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("fecha;descripcion;monto\n2026-06-01;COMPRA;-45.990\n2026-06-07;CAFE;-4.500\n")
    reading = parse_file(path, 0, "CLP", Side.BANK, {}).reading
    assert (reading.status, reading.money_out) == ("ready", "50490")


def test_words_for_debited_and_credited_name_the_sides(tmp_path: Path) -> None:
    text = (
        "Fecha;Texto;Importe Debido;Importe Acreditado\n2026-08-04;a;10,00;\n2026-08-05;b;;20,00\n"
    )
    assert read(tmp_path, text)[1] == [-1000, 2000]


def test_few_rows_against_their_words_show_that_signs_may_be_reversed(tmp_path: Path) -> None:
    text = "Date,Post Date,Description,Amount\n09/11/2024,09/11/2024,SHOP,9.99\n"
    reading, _ = read(tmp_path, f"{text}09/29/2024,09/29/2024,PAYMENT - THANK YOU,-10.73\n")
    assert "sign" in [q.key for q in reading.questions]


def test_day_a_booking_counts_as_of_stands_behind_its_own(tmp_path: Path) -> None:
    text = "Date,Text,Amount\n04/17/2023 as of 04/15/2023,interest,$0.03\n04/18/2023,sale,-$7.81\n"
    reading, amounts = read(tmp_path, text)
    assert (amounts, reading.first_date) == ([3, -781], "2023-04-17")


def test_total_of_ideographs_tells_shift_jis(tmp_path: Path) -> None:
    raw = "田中太郎,****1234\n2026/06/12,店舗,1200\n2026/06/15,商店,-800\n合計,,400\n"
    reading, amounts = read(tmp_path, raw.encode("shift_jis"))
    assert (amounts, reading.status) == ([120000, -80000], "ready")


def phone_money(balance_of_the_fee: str, balance_after: str) -> str:
    """Return a list with a row without an amount, and the balances of it and of the next row."""
    return (
        "Receipt,Completed,Details,Paid In,Withdrawn,Balance\n"
        "A1,2026-03-01 08:00:00,in,500.00,,900.00\nA2,2026-03-02 08:00:00,shop,,200.00,700.00\n"
        f"A3,2026-03-03 08:00:00,charge,,,{balance_of_the_fee}\n"
        f"A4,2026-03-04 08:00:00,shop,,50.00,{balance_after}\n"
    )


def test_row_without_an_amount_that_leaves_the_balance_is_left_out(tmp_path: Path) -> None:
    reading, amounts = read(tmp_path, phone_money("700.00", "650.00"))
    assert amounts == [50000, -20000, -5000]
    assert [note.reason for note in reading.skipped] == ["no amount, and the balance does not move"]


def test_row_without_an_amount_that_moves_the_balance_is_told(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, phone_money("690.00", "640.00"))
    assert [note.row for note in reading.errors] == [3]


def test_balance_that_does_not_run_says_nothing_about_a_missing_amount(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, phone_money("700.00", "700.00"))
    assert [note.row for note in reading.errors] == [3]
