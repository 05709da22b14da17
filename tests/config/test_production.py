"""A server refuses to start half configured; over TLS everything that belongs to it is on."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import SAMPLE_SECRET
from tests.config.processes import ROOT, environment, manage

SECRET = secrets.token_urlsafe(50)
ON_TLS = {"PUBLIC_URL": "https://books.example.org", "SECRET_KEY": SECRET}
NAMES = [
    "DEBUG",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
]


def load_wsgi(**settings: str) -> subprocess.CompletedProcess:
    """Load the application as gunicorn does, and print some settings."""
    program = (
        "import json, config.wsgi; from django.conf import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {NAMES}}}))"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("secret", ["", SAMPLE_SECRET, "short"])
def test_the_web_application_refuses_to_load_without_a_secret(secret: str) -> None:
    """And says how to make one."""
    answer = load_wsgi(SECRET_KEY=secret)
    assert answer.returncode != 0
    assert "token_urlsafe(50)" in answer.stderr


def test_a_named_public_url_needs_a_secret_for_every_command(tmp_path: Path) -> None:
    """No secret is made in secret on a server."""
    answer = manage("check", PUBLIC_URL="https://books.example.org", VAR_FOLDER=str(tmp_path))
    assert (answer.returncode != 0, list(tmp_path.iterdir())) == (True, [])
    assert "SECRET_KEY is not set" in answer.stderr


def test_over_tls_cookies_hosts_and_headers_are_strict() -> None:
    """PUBLIC_URL=https://… alone does it."""
    assert json.loads(load_wsgi(**ON_TLS).stdout) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["books.example.org"],
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_TRUSTED_ORIGINS": ["https://books.example.org"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    }


def test_the_deployment_check_has_nothing_to_say() -> None:
    """Django's own list of what a server must have."""
    answer = manage("check", "--deploy", "--fail-level", "WARNING", **ON_TLS)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("url", ["books.example.org", "ftp://books.example.org", "https://"])
def test_a_wrong_public_url_is_refused(url: str) -> None:
    """The message shows what one looks like."""
    answer = load_wsgi(PUBLIC_URL=url, SECRET_KEY=SECRET)
    assert "PUBLIC_URL must look like https://books.example.org" in answer.stderr


def test_the_web_application_never_loads_pandas_or_numba() -> None:
    """Every address resolved, and still only what pages need is in memory."""
    program = (
        "import sys, config.wsgi; from django.urls import get_resolver;"
        "get_resolver().reverse_dict; print({'pandas', 'numba', 'scipy'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(**ON_TLS),
        capture_output=True,
        text=True,
    )
    assert answer.stdout.strip() == "set()"
