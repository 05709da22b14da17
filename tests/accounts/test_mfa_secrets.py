"""Seeds of the second factor lie encrypted in the database, and survive a change of SECRET_KEY."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from accounts.mfa_secrets import MARK, MFAAdapter, lock_anew
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No half minute ends between making a code and typing it."""
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([7]))


def code_of(seed: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(seed, 7))


def stored(kind: str) -> str:
    found = Authenticator.objects.get(type=kind).data
    return found.get("secret") or found["seed"]


def let_in(code: str) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in client.session


def test_no_seed_is_stored_as_it_is() -> None:
    alice = make_user("alice")
    totp.TOTP.activate(alice, SEED)
    RecoveryCodes.activate(alice)
    assert stored("totp").startswith(MARK) and SEED not in stored("totp")
    assert stored("recovery_codes").startswith(MARK)
    assert let_in(code_of(SEED))


def test_seeds_stored_before_serve_on_and_are_locked_by_the_next_migration() -> None:
    alice = make_user("alice")
    Authenticator.objects.create(user=alice, type="totp", data={"secret": SEED})
    Authenticator.objects.create(
        user=alice, type="recovery_codes", data={"seed": "ab" * 40, "used_mask": 1}
    )
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    lock_anew()
    assert stored("totp").startswith(MARK) and stored("recovery_codes").startswith(MARK)
    assert RecoveryCodes.activate(alice).get_unused_codes() == codes and len(codes) == 9
    assert let_in(code_of(SEED))


def test_a_new_secret_key_takes_the_seeds_over_then_the_former_one_may_go(settings: Any) -> None:
    totp.TOTP.activate(make_user("alice"), SEED)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert MFAAdapter().decrypt(stored("totp")) == SEED
    lock_anew()
    taken_over = stored("totp")
    lock_anew()
    assert stored("totp") == taken_over
    settings.SECRET_KEY_FALLBACKS = []
    assert MFAAdapter().decrypt(taken_over) == SEED


def test_a_lost_key_lets_nobody_in_and_breaks_no_page(settings: Any) -> None:
    totp.TOTP.activate(make_user("alice"), SEED)
    locked = stored("totp")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, []
    lock_anew()
    assert stored("totp") == locked
    assert not let_in(code_of(SEED))
