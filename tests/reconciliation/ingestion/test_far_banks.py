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
