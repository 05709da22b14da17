"""The tables of the books; one noun, one file."""

from reconciliation.models.arrival import Arrival
from reconciliation.models.break_note import BreakNote
from reconciliation.models.diagnosis import LineDiagnosis
from reconciliation.models.job import Job
from reconciliation.models.line import Line
from reconciliation.models.match import (
    Adjustment,
    MatchGroup,
    MatchMember,
    MatchRun,
    Recording,
    Suggestion,
    SuggestionState,
)
from reconciliation.models.open_item import BookTotal, OpenItem
from reconciliation.models.remembered_layout import RememberedLayout
from reconciliation.models.search_block import SearchBlock
from reconciliation.models.sighting import NameSighting, Source
from reconciliation.models.source_file import SourceFile
from reconciliation.models.stored_bytes import StoredBytes, StoredChunk
from reconciliation.models.trial import Trial

__all__ = [
    "Adjustment",
    "Arrival",
    "BookTotal",
    "BreakNote",
    "Job",
    "Line",
    "LineDiagnosis",
    "MatchGroup",
    "MatchMember",
    "MatchRun",
    "NameSighting",
    "OpenItem",
    "Recording",
    "RememberedLayout",
    "SearchBlock",
    "Source",
    "SourceFile",
    "StoredBytes",
    "StoredChunk",
    "Suggestion",
    "SuggestionState",
    "Trial",
]
