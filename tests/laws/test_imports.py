"""Who may import whom: the table of ARCHITECTURE.md, line by line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.laws.tree import ROOT, Module, modules

LEAVES = {f"reconciliation.{name}" for name in ("money", "vocabulary", "errors", "columns")}
#: Stages do their work with Django; everything else in ingestion and matching is pure.
DOORS = {
    "reconciliation.ingestion": {
        "upload",
        "store",
        "ingest",
        "undo",
        "earlier",
        "layouts",
        "background",
        "kept_lines",
    },
    "reconciliation.matching": {
        "run",
        "runs",
        "undoing",
        "run_report",
        "open_reasons",
        "trial",
        "trials",
        "trial_report",
        "settings",
        "recording",
        "remembering",
        "decisions",
        "rule_record",
        "unchanged",
        "known_names",
    },
}
STAGES = ("ingestion", "matching", "review", "reporting")
#: What review and reporting may take from matching: its words and its explanations.
SHARED_FROM_MATCHING = {"edges", "diagnosis", "explanations", "open_sentences", "ruleset", "runs"}


def is_pure(module: Module) -> bool:
    """Say whether the module belongs to the pure core."""
    if module.name in LEAVES:
        return True
    for package, doors in DOORS.items():
        if module.name.startswith(f"{package}."):
            return module.name.removeprefix(f"{package}.").split(".")[0] not in doors
    return False


PURE = [module for module in modules("reconciliation") if is_pure(module)]


def test_pure_core_imports_no_framework_no_models_no_clock_no_network():
    forbidden = (
        "django",
        "projects",
        "accounts",
        "config",
        "reconciliation.models",
        "reconciliation.jobs",
        *("time", "requests", "urllib.request", "random", "secrets"),
    )
    assert len(PURE) > 80
    taken = {module.name: module.imports_of(*forbidden) for module in PURE}
    assert {name: found for name, found in taken.items() if found} == {}


def test_pure_core_reads_no_clock():
    clocks = (".now(", ".today(")
    assert [m.name for m in PURE if any(clock in m.text for clock in clocks)] == []


@pytest.mark.parametrize(
    "app, below", [("accounts", ("projects", "reconciliation")), ("projects", ("reconciliation",))]
)
def test_apps_import_only_downwards(app, below):
    allowed = {"reconciliation.money", "reconciliation"}
    for module in modules(app):
        upward = {
            name
            for name in module.imports_of(*below)
            if not name.startswith(tuple(allowed - {"reconciliation"}))
        }
        assert upward - {"reconciliation"} == set(), module.name


@pytest.mark.parametrize("stage", STAGES)
def test_stages_do_not_import_one_another(stage):
    others = [f"reconciliation.{other}" for other in STAGES if other != stage]
    for module in modules(f"reconciliation/{stage}"):
        foreign = module.imports_of(*others)
        if stage in ("review", "reporting"):
            shared = tuple(f"reconciliation.matching.{name}" for name in SHARED_FROM_MATCHING)
            foreign = {
                name
                for name in foreign
                if not name.startswith(shared) and name != "reconciliation.matching"
            }
        assert foreign == set(), module.name


def test_use_cases_and_models_import_no_forms_views_or_requests():
    upper = ("reconciliation.views", "reconciliation.forms", "django.http.HttpRequest")
    for module in modules("reconciliation"):
        if not module.name.startswith(
            ("reconciliation.views", "reconciliation.urls", "reconciliation.management")
        ):
            if module.name.startswith("reconciliation.forms"):
                assert module.imports_of("reconciliation.views") == set(), module.name
            else:
                assert module.imports_of(*upper) == set(), module.name


def test_no_private_name_crosses_a_module():
    for module in modules():
        private = {
            name
            for name in module.imports
            if name.rpartition(".")[2].startswith("_") and not name.endswith("__")
        }
        assert private == set(), module.name


def test_web_process_never_loads_the_heavy_libraries():
    program = (
        "import django; django.setup(); import config.urls, config.wsgi, sys;"
        "print(sorted({'pandas', 'numba', 'scipy', 'pyarrow'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "RECONCILE_COMMAND": "law", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip().endswith("[]")
