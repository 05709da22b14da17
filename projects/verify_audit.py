#!/usr/bin/env python3
"""Check an exported audit trail: python3 verify_audit.py audit.jsonl [KNOWN_HASH …]

Needs nothing but Python 3.8 or newer. Every line of the file is one event. Each event carries the
SHA-256 of the event before it and its own, over its fields written as netstrings ("length:text",
the length in bytes of UTF-8). If one event was changed, added, removed or moved, a hash no longer
fits. Two things the file alone cannot show: that events are missing at its end, and that somebody
made the whole chain anew. For these, give the hashes you know from elsewhere, such as the one
printed in a workbook: each must be that of an event of this trail.
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
WITHOUT_HASH = (
    "That nothing is missing at the end, and that the chain was not made anew, only a hash known\n"
    "from elsewhere proves: compare the last hash with the audit page, or give that of a workbook."
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
    if set(event) != {*FIELDS, "hash"}:
        return f"event {number} has fields that no hash covers, or lacks some"
    if event["seq"] != number:
        return f"event {number} is missing"
    if event["previous_hash"] != previous:
        return f"event {number} does not follow the one before it"
    return "" if event["hash"] == event_hash(event) else f"event {number} was altered"


def fields_once(pairs):
    """Return the fields of an event; a name written twice would show one text and prove another."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a field is written twice")
    return dict(pairs)


def verify(lines, known=()):
    """Return (events that are in order, last good hash, what is wrong or an empty text).

    ``known`` are hashes known from elsewhere; each must be that of an event.
    """
    number, previous, missing = 0, GENESIS_HASH, set(known) - {GENESIS_HASH}
    for line in lines:
        try:
            event = json.loads(line, object_pairs_hook=fields_once)
            fault = fault_of(event, number + 1, previous)
        except (ValueError, KeyError, TypeError) as wrong:
            fault = f"line {number + 1} is not an event: {wrong}"
        if fault:
            return number, previous, fault
        number, previous = number + 1, event["hash"]
        missing.discard(previous)
    if missing:
        fault = "no event has the hash you know: the end is missing, or the chain was made anew"
        return number, previous, fault
    return number, previous, ""


def main(arguments):
    """Check the file named on the command line; the exit status is 0 where the chain is whole."""
    if not arguments:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as lines:
            count, head, fault = verify(lines, [known.lower() for known in arguments[1:]])
    except (OSError, UnicodeError) as wrong:
        print(f"{arguments[0]} cannot be read: {wrong}")
        return 2
    if fault:
        print(f"BROKEN: {fault}. {count} events before it are in order.")
        return 1
    print(f"Verified: {count} events, none changed, and none added, removed or moved between them.")
    print(f"Last hash: {head}")
    print("Every hash you know is in it." if arguments[1:] else WITHOUT_HASH)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
