"""JSON files people bring: read alike, refused alike."""

from __future__ import annotations

import json
from typing import Any


def json_of(content: bytes) -> Any:
    """Return the JSON values of a file's bytes.

    Raises ValueError or RecursionError for what is no JSON, and for text that no page and no
    database takes: half a surrogate pair.
    """
    values = json.loads(content.decode("utf-8-sig"))
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as wrong:
        raise ValueError("it has half of a character (a lone surrogate)") from wrong
    return values
