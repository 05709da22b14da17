"""The files a command is to write: refused before any work where they could not be written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from reconciliation.management.people import refusal


def refuse_outputs(targets: Iterable[Path | None], *, sources: Iterable[Path] = ()) -> None:
    """Refuse a target without a folder, one that is a folder, and one that names a file twice."""
    taken = [source.resolve() for source in sources]
    for target in targets:
        if target is None:
            continue
        place = target.resolve()
        if not place.parent.is_dir():
            raise refusal(f"There is no folder {place.parent} for {target.name}.")
        if place.is_dir():
            raise refusal(f"{target} is a folder; the name of a file is expected.")
        if place in taken:
            raise refusal(f"{target} would be overwritten: it is named twice in this command.")
        if not os.access(place if place.exists() else place.parent, os.W_OK):
            raise refusal(f"{target} cannot be written: this user has no right to.")
        taken.append(place)
