"""Secrets of the second factor at rest: a copy of the database alone gives no code away.

The key is derived from SECRET_KEY. What a former one of SECRET_KEY_FALLBACKS locked stays readable
and is locked anew whenever migrations run, and so is what was stored before there was any key.
"""

from __future__ import annotations

import base64
import logging
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connections, transaction

#: What is locked begins so; neither a seed of an app (base32) nor one of codes (hex) can.
MARK = "locked:"
FIELDS = ("secret", "seed")

log = logging.getLogger("accounts")


class MFAAdapter(DefaultMFAAdapter):
    """allauth's adapter that stores no secret as it is."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return MARK + _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; where its key is lost, one that no code fits."""
        if not encrypted_text.startswith(MARK):
            return encrypted_text
        try:
            return _keys().decrypt(encrypted_text.removeprefix(MARK)).decode()
        except InvalidToken:
            log.error("A second factor cannot be read: SECRET_KEY is not the one that locked it.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def lock_anew(*, using: str = "default", **_: Any) -> None:
    """Lock every secret by the present key; one whose key is lost stays as it is."""
    if Authenticator._meta.db_table not in connections[using].introspection.table_names():
        return
    with transaction.atomic(using=using):
        stored = Authenticator.objects.using(using).select_for_update().order_by("pk")
        for authenticator in stored:
            secret_of = authenticator.data
            found = {field: secret_of[field] for field in FIELDS if field in secret_of}
            locked = {field: _locked_anew(stored) for field, stored in found.items()}
            if locked != found:
                authenticator.data.update(locked)
                authenticator.save(update_fields=["data"])


def _locked_anew(stored: str) -> str:
    if not stored.startswith(MARK):
        return MFAAdapter().encrypt(stored)
    token = stored.removeprefix(MARK).encode()
    try:
        _key(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        try:
            return MARK + _keys().rotate(token).decode()
        except InvalidToken:
            log.error("A second factor cannot be read: SECRET_KEY is not the one that locked it.")
    return stored


def _keys() -> MultiFernet:
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([_key(each) for each in known])


def _key(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
