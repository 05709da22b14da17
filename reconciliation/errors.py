"""The named refusals: what the books say no to, each with the sentence a person reads."""

from __future__ import annotations


class Refusal(Exception):
    """A change the books refuse; ``str()`` is a sentence for the person who asked.

    ``http_status`` is what a page or JSON answer carries.
    """

    http_status = 400


class OutOfBalance(Refusal):
    """The chosen lines do not net to 0.00."""


class AboveWriteOffLimit(Refusal):
    """The difference is larger than the project lets people write off."""


class NothingSelected(Refusal):
    """A match needs at least two lines that balance."""


class NotUnderstood(Refusal):
    """What a program sent is no request that can be read."""


class AlreadyMatched(Refusal):
    """A chosen line is in a live match group already."""

    http_status = 409


class BeingRecorded(Refusal):
    """Somebody else is recording in this project at this moment."""

    http_status = 409

    def __init__(self, sentence: str = "Somebody is recording in this project; try again.") -> None:
        """Say that another change is under way."""
        super().__init__(sentence)


class BooksMoved(Refusal):
    """The lines a run was computed from are no longer as they were read."""

    http_status = 409


class AlreadyReversed(Refusal):
    """The match group has been unmatched before."""

    http_status = 409


class ProjectLocked(Refusal):
    """The project is locked or archived and takes no change."""

    http_status = 409


class UnknownLines(Refusal):
    """A named line is not in this project's books."""

    http_status = 404


class DuplicateFile(Refusal):
    """The same bytes are in the project on that side already."""

    http_status = 409


class UnreadableFile(Refusal):
    """The file cannot be read; the sentence says what was found and what was expected."""


class WrongState(Refusal):
    """The thing is not in the state this action needs."""

    http_status = 409
