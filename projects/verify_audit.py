#!/usr/bin/env python3
"""Check an exported audit trail: python3 verify_audit.py audit.jsonl

Needs nothing but Python 3.8 or newer. Every line of the file is one event. Each event carries the
SHA-256 of the event before it and its own, over its fields written as netstrings ("length:text",
the length in bytes of UTF-8). If one event was changed, added, removed or moved, a hash no longer
fits. Compare the last hash with the one printed in a workbook or on the audit page.
"""

import hashlib
import json
import sys

GENESIS_HASH = "0" * 64
FIELDS = (
    "previous_hash",
    "chain",
    "seq",
    "at",
    "actor_id",
    "actor",
    "action",
    "subject",
    "details",
)


def event_hash(event):
    """Return the SHA-256 the event must carry, as lower-case hexadecimal."""
    digest = hashlib.sha256()
    for name in FIELDS:
        text = str(event[name]).encode("utf-8")
        digest.update(str(len(text)).encode("ascii") + b":" + text)
    return digest.hexdigest()


def fault_of(event, number, previous):
    """Return what is wrong with the event at this place in the chain, or an empty text."""
    if event["seq"] != number:
        return f"event {number} is missing"
    if event["previous_hash"] != previous:
        return f"event {number} does not follow the one before it"
    return "" if event["hash"] == event_hash(event) else f"event {number} was altered"


def verify(lines):
    """Return (events that are in order, last good hash, what is wrong or an empty text)."""
    number, previous = 0, GENESIS_HASH
    for line in lines:
        try:
            event = json.loads(line)
            fault = fault_of(event, number + 1, previous)
        except (ValueError, KeyError, TypeError) as wrong:
            fault = f"line {number + 1} is not an event: {wrong}"
        if fault:
            return number, previous, fault
        number, previous = number + 1, event["hash"]
    return number, previous, ""


def main(arguments):
    """Check the file named on the command line; the exit status is 0 where the chain is whole."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as lines:
            count, head, fault = verify(lines)
    except (OSError, UnicodeError) as wrong:
        print(f"{arguments[0]} cannot be read: {wrong}")
        return 2
    if fault:
        print(f"BROKEN: {fault}. {count} events before it are in order.")
        return 1
    print(f"Verified: {count} events, none changed, added, removed or moved.")
    print(f"Last hash: {head}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
