"""A short soak: threads at the same books at once, and everything they were told is true."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from projects.models import Project, ProjectState

pytestmark = pytest.mark.django_db(transaction=True)


def test_hundreds_of_operations_at_once_break_no_promise():
    out, err = io.StringIO(), io.StringIO()
    call_command("soak", operations=200, threads=4, seed=7, stdout=out, stderr=err)
    assert err.getvalue() == ""
    assert "BROKEN" not in out.getvalue()
    assert out.getvalue().endswith("Everything is proved.\n")
    assert Project.objects.get().state == ProjectState.DELETED


@pytest.mark.parametrize("threads", [0, 9])
def test_too_many_threads_are_refused(threads):
    with pytest.raises(CommandError, match="must be 1 to 8"):
        call_command("soak", threads=threads)
