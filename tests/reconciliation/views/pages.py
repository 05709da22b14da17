"""What the tests of pages share: addresses, what a page said, what a form would post."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse

from projects.models import Project
from reconciliation.matching.ruleset import Ruleset


def address(name: str, project: Project, *more: object) -> str:
    """Return the address of a project's page."""
    return reverse(f"reconciliation:{name}", args=[project.pk, *more])


def said(response: HttpResponse) -> str:
    """Return the messages of the request that was answered."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def typed_rules(**changed: object) -> dict[str, str]:
    """Return what the form posts for the usual rules, changed."""
    usual = Ruleset().to_json()
    rules = {f"rule_{rule}": mode for rule, mode in usual.pop("rules").items()}
    usual |= {"certainty_pct": "99.9", "tolerance": "5.00"}
    return {key: str(value) for key, value in (usual | rules | changed).items()}
