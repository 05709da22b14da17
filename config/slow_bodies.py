"""Slow bodies: whoever sends a request drop by drop is not waited for without end.

A thread that reads such a body serves nobody else. So every body has a time that grows with its
length; after that the server stops reading, and the rest counts as not sent.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Any

Application = Callable[..., Any]

#: Seconds for any body, and the bytes a second that a long one must reach beyond them.
PATIENCE_SECONDS = 45.0
LEAST_BYTES_PER_SECOND = 16 * 1024


def without_slow_bodies(application: Application) -> Application:
    """Return the application with an end to the time a request's body may take."""
    patience = float(os.environ.get("UPLOAD_PATIENCE_SECONDS") or PATIENCE_SECONDS)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        length, connection = environ.get("CONTENT_LENGTH") or "0", environ.get("gunicorn.socket")
        if connection is None or not length.isdecimal() or not int(length):
            return application(environ, start_response)
        allowed = patience + int(length) / LEAST_BYTES_PER_SECOND
        timer = Timer(allowed, _stop_reading, [connection])
        timer.daemon = True
        timer.start()
        try:
            return application(environ, start_response)
        finally:
            timer.cancel()

    return answer


def _stop_reading(connection: socket.socket) -> None:
    with suppress(OSError):  # the connection may be gone already
        connection.shutdown(socket.SHUT_RD)
