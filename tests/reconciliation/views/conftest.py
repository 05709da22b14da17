"""A project and its owner's browser, for the tests of its pages."""

from __future__ import annotations

import pytest
from django.test import Client

from projects.models import Project
from tests import factories
from tests.actors import client_of


@pytest.fixture
def project() -> Project:
    """An empty project; a module that needs more makes its own."""
    return factories.make_project()


@pytest.fixture
def owner(project: Project) -> Client:
    """Its owner, signed in."""
    return client_of(project.created_by)
