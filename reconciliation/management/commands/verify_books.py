"""manage.py verify_books: recompute every promise of the books; exit 1 on any fault."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from projects.models import Project
from reconciliation.management.people import project_with_id
from reconciliation.verification import Proof, verify_project, verify_site


class Command(BaseCommand):
    """Prove the books of one project or of all, and the audit chains."""

    help = "Recompute everything the books promise; print what was proved; exit 1 on any fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the project, if only one is meant."""
        parser.add_argument("--project", metavar="ID", help="only this project")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per promise; raise SystemExit(1) where one is broken."""
        broken = 0
        for project in _projects(options["project"]):
            self.stdout.write(f"{project.name} ({project.pk})")
            broken += sum(not self._tell(proof) for proof in verify_project(project))
        self.stdout.write("Site")
        broken += not self._tell(verify_site())
        if broken:
            self.stderr.write(f"{broken} promises are broken.")
            raise SystemExit(1)
        self.stdout.write("Everything is proved.")

    def _tell(self, proof: Proof) -> bool:
        sign = "proved" if proof.is_kept else "BROKEN"
        self.stdout.write(f"  {sign}: {proof.promise} ({proof.count:,})")
        for fault in proof.faults:
            self.stdout.write(f"          {fault}")
        return proof.is_kept


def _projects(project_id: str | None) -> list[Project]:
    if project_id is None:
        return list(Project.objects.order_by("created_at", "id"))
    return [project_with_id(project_id)]
