"""Who writes which table, no reads or writes of the books in views, nothing inline in templates."""

from __future__ import annotations

import ast
import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.laws.tree import ROOT, Module, modules

#: Who writes what; the tables named by nobody are kept by the database itself.
WRITERS = {
    "reconciliation.Line": "ingestion.store",
    "reconciliation.OpenItem": "",
    "reconciliation.BookTotal": "",
    "reconciliation.SearchBlock": "",
    "reconciliation.Arrival": "",
    "reconciliation.MatchGroup": "groups books",
    "reconciliation.MatchMember": "groups",
    "reconciliation.Adjustment": "groups",
    "reconciliation.Recording": "groups",
    "reconciliation.Suggestion": "matching.recording review.bulk books",
    "reconciliation.LineDiagnosis": "matching.open_reasons",
    "reconciliation.NameSighting": "matching.remembering matching.known_names",
    "reconciliation.Trial": "matching.trial matching.trials",
    "reconciliation.RememberedLayout": "ingestion.layouts",
    "reconciliation.BreakNote": "review.notes",
    "reconciliation.Job": "jobs",
    "projects.AuditEvent": "audit",
    "projects.StoredAnswer": "once",
    "projects.Invitation": "invitations lifecycle",
}
WRITING = {"create", "bulk_create", "update", "bulk_update", "update_or_create", "delete"}
#: Steps of a background job, which is patient as a whole (jobs.carry_out), and the terminal's
#: import, which is made of changes that are.
PATIENT_OTHERWISE = {
    "reconciliation.ingestion.background._keep_reading",
    "reconciliation.ingestion.ingest.import_from_path",
}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OPEN_TO_ALL = ("accounts/", "admin/", "healthz", "readyz")


def writes(module: Module, app: str, model: str) -> bool:
    """Say whether the module makes rows of the model, or has SQL, a COPY or a queryset that writes
    them."""
    table = f"{app}_{model.lower()}"
    in_sql = rf'{table}"?\s*"?\s*\(|(INSERT INTO|UPDATE|DELETE FROM) {table}\b'
    called = [node.func for node in module.nodes if isinstance(node, ast.Call)]
    return bool(re.search(in_sql, module.text)) or any(
        (isinstance(func, ast.Name) and func.id == model)
        or (
            isinstance(func, ast.Attribute)
            and func.attr in WRITING
            and f"{model}.objects" in ast.unparse(func.value)
        )
        for func in called
    )


@pytest.mark.parametrize("name, writers", WRITERS.items())
def test_each_table_of_the_books_is_written_where_it_is_said(name, writers):
    app, model = name.split(".")
    writing = {module.name for module in modules() if writes(module, app, model)}
    assert writing == {f"{app}.{writer}" for writer in writers.split()}


def test_every_change_of_the_books_starts_over_after_a_collision():
    patient = {
        f"{module.name}.{node.name}"
        for module in modules("reconciliation")
        for node in module.nodes
        if isinstance(node, ast.FunctionDef)
        and "open_books(" in ast.unparse(node.body)
        and "tried_again" not in {ast.unparse(decorator) for decorator in node.decorator_list}
    }
    assert patient <= PATIENT_OTHERWISE


def test_views_leave_the_tables_to_querysets_and_use_cases():
    views = [m for m in modules() if ".views" in m.name]
    assert views
    for module in views:
        calls = {
            node.attr
            for node in module.nodes
            if isinstance(node, ast.Attribute)
            and node.attr in {"objects", "save", "delete", "create"}
        }
        assert calls == set(), module.name


def test_templates_have_nothing_inline_and_are_short():
    inline = r"\sstyle=|\son[a-z]+=|javascript:|\|safe\b|mark_safe|<style"
    script = r"<script(?![^>]*(\ssrc=|type=\"application/json\"))"
    assert len(TEMPLATES) > 100
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 150, path
        assert not re.search(inline, text), path
        assert not re.search(script, text), path


def test_components_say_what_they_take():
    components = [path for path in TEMPLATES if "components" in path.parts]
    assert components
    for path in components:
        assert path.read_text(encoding="utf-8").startswith(("{#", "{% comment")), path


def patterns(resolver: URLResolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        else:
            yield route, pattern


def test_every_address_of_a_project_carries_its_id_and_nothing_else_names_rows():
    own = [(r, p) for r, p in patterns(get_resolver()) if not r.startswith(OPEN_TO_ALL)]
    assert own
    for route, pattern in own:
        assert isinstance(pattern, URLPattern)
        if "<" in route and not route.startswith(("jobs/", "projects/samples/")):
            assert route.startswith("projects/<uuid:project_id>/") or route.startswith("^"), route
