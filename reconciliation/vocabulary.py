"""The fixed words of the books: sides, states, methods and reasons, each with the label people
read.
"""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word with a stored value and a label; ``choices()`` feeds model fields and forms."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Word:
        """Make the member whose stored value is ``value`` and whose reading is ``label``."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (stored value, label) pairs in order of definition."""
        return [(member.value, member.label) for member in cls]


class Side(Word):
    """The two sides of a reconciliation."""

    BANK = "bank", "Bank statement"
    LEDGER = "ledger", "Ledger"

    @property
    def other(self) -> Side:
        """Return the side this one is reconciled against."""
        return Side.LEDGER if self is Side.BANK else Side.BANK


class FileStatus(Word):
    """The life of a source file; only the lines of an imported file are in the books."""

    READING = "reading", "Being read"
    READY = "ready", "Ready to import"
    QUESTION = "question", "Needs an answer"
    REFUSED = "refused", "Cannot be read"
    IMPORTING = "importing", "Being imported"
    IMPORTED = "imported", "Imported"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CANCELLED = "cancelled", "Cancelled"


class MatchMethod(Word):
    """Who made a match group."""

    AUTO = "auto", "Auto Reconciled"
    MANUAL = "manual", "Manually Reconciled"


#: The reason of matches that end with the import of their lines begins so.
IMPORT_UNDONE = "Import undone: "

#: The rule of groups a person made, and of lines that settle an entry to post.
RULE_BY_HAND = "by_hand"
RULE_WITH_ENTRY = "by_hand_with_entry"
RULE_POSTED = "posted_entry"

#: The rules that are not the engine's, with the label people read.
HAND_RULES = {
    RULE_BY_HAND: "Matched by hand",
    RULE_WITH_ENTRY: "Matched by hand with an entry to post",
    RULE_POSTED: "The posted entry of an earlier match",
}


class LineStatus(Word):
    """Where a line stands; derived from live membership, never stored on the line."""

    OPEN = "open", "Unreconciled"
    AUTO = "auto", "Auto Reconciled"
    MANUAL = "manual", "Manually Reconciled"


class GroupStatus(Word):
    """A match group is live until it is reversed."""

    LIVE = "live", "Live"
    REVERSED = "reversed", "Unmatched"


class Outcome(Word):
    """What the engine proposes for a group of lines."""

    MATCHED = "matched", "Matched"
    SUGGESTED = "suggested", "Suggested"


class BreakReason(Word):
    """Why an open line is open, as far as it can be told."""

    DEPOSIT_IN_TRANSIT = "deposit_in_transit", "Deposit in transit"
    OUTSTANDING_PAYMENT = "outstanding_payment", "Outstanding payment"
    MISSING_IN_LEDGER = "missing_in_ledger", "Missing in ledger"
    MISSING_AT_BANK = "missing_at_bank", "Missing at bank"
    AMOUNT_DIFFERS = "amount_differs", "Amount differs"
    DUPLICATE = "duplicate", "Possible duplicate"
    BANK_FEE = "bank_fee", "Bank fee or interest"
    OUTSIDE_WINDOW = "outside_window", "Outside the date window"
    LIKELY_CONTRA = "likely_contra", "Likely reversal"
    MATCHED_ELSEWHERE = "matched_elsewhere", "Matched elsewhere"
    AMBIGUOUS = "ambiguous", "Possible match, not certain"


class JobState(Word):
    """The life of a background job."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class JobKind(Word):
    """What a background job does."""

    READ = "read", "Reading a file"
    IMPORT = "import", "Importing a file"
    MATCH = "match", "Auto-Reconciliation"
    EXPORT = "export", "Writing the workbook"
    DEMO = "demo", "Making the demo"
    TRIAL = "trial", "Trying the rules out"
    UNDO = "undo", "Undoing a run"
    UNLOAD = "unload", "Undoing an import"


class TrialKind(Word):
    """What a trial of a ruleset finds out, without changing the books."""

    PREVIEW = "preview", "Preview of changes"
    ESTIMATE = "estimate", "Estimate of false matches"
