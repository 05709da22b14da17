"""Diagnoses as every stage reads them: by line, counted, and as a filter."""

from __future__ import annotations

import pytest

from reconciliation.diagnoses import because, diagnoses_of, open_counts
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import OpenItem
from reconciliation.vocabulary import BreakReason, Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    """A matched project: a transposed amount and a bank fee stay open."""
    project = factories.make_project()
    factories.make_lines(
        project, Side.BANK,
        ("2025-12-04", 5412, "Invoice 407113"), ("2025-12-05", -250, "Account fee"),
    )  # fmt: skip
    factories.make_lines(project, Side.LEDGER, ("2025-12-03", 4512, "Inv 407113"))
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset(differences="off"))
    return project


def open_ids(project) -> list[int]:
    return list(OpenItem.objects.in_project(project).values_list("line_id", flat=True))


def test_each_open_line_is_explained_in_one_query(project, django_assert_num_queries):
    ids = open_ids(project)
    with django_assert_num_queries(1):
        found = diagnoses_of(project, ids)
    assert set(found) == set(ids)
    transposed = next(each for each in found.values() if each.side is Side.BANK and each.pointed)
    assert (transposed.number, transposed.difference_minor) == ("407113", 900)
    assert (transposed.pointed.amount_minor, transposed.pointed.row_number) == (4512, 1)
    assert transposed.sentence.startswith("Digits transposed: the ledger has 45.12 under the same")


def test_matched_line_has_no_diagnosis(project):
    bank, ledger = (
        [line for line in factories.Line.objects.on(side).order_by("id")] for side in Side
    )
    opposite = factories.make_lines(project, Side.BANK, ("2025-12-06", -900, "Correction"))
    factories.make_group(project, [bank[0], *opposite], ledger)
    assert set(diagnoses_of(project, [bank[0].id, bank[1].id])) == {bank[1].id}


def test_line_imported_after_the_run_is_counted_apart(project):
    factories.make_lines(project, Side.BANK, ("2025-12-09", 100, "New"))
    assert open_counts(project) == {
        (Side.BANK, BreakReason.AMOUNT_DIFFERS): (1, 5412),
        (Side.BANK, BreakReason.BANK_FEE): (1, 250),
        (Side.BANK, None): (1, 100),
        (Side.LEDGER, BreakReason.AMOUNT_DIFFERS): (1, 4512),
    }


def test_breaks_are_filtered_by_reason(project):
    fees = because(OpenItem.objects.in_project(project), BreakReason.BANK_FEE)
    assert [item.amount_minor for item in fees] == [-250]


def test_withdrawn_counterpart_is_not_pointed_to(project):
    from reconciliation.ingestion.undo import undo_import

    source = project.source_files.get(side=Side.LEDGER)
    undo_import(source_file=source, by=project.created_by, reason="Wrong file")
    [bank] = OpenItem.objects.in_project(project).filter(amount_minor=5412)
    assert diagnoses_of(project, [bank.line_id])[bank.line_id].pointed is None
