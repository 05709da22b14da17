"""What happens to accounts, told to the site-wide audit chain."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver

from projects import audit


@receiver(account.user_signed_up)
def record_sign_up(user: Any, **kwargs: Any) -> None:
    """Record that an account was made."""
    audit.record(project=None, actor=user, action="account.signed_up", subject=f"user:{user.pk}")


@receiver(user_logged_in)
def record_sign_in(user: Any, **kwargs: Any) -> None:
    """Record a sign-in."""
    audit.record(project=None, actor=user, action="account.signed_in", subject=f"user:{user.pk}")


@receiver(user_logged_out)
def record_sign_out(user: Any, **kwargs: Any) -> None:
    """Record a sign-out."""
    if user is not None:
        audit.record(
            project=None, actor=user, action="account.signed_out", subject=f"user:{user.pk}"
        )


@receiver(user_login_failed)
def record_failed_sign_in(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Record a refused sign-in: whose it was, and nothing of what was typed; a password may have
    been typed in the wrong field, and the trail forgets nothing.
    """
    typed = str(credentials.get("username") or credentials.get("email") or "")
    people = get_user_model().objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    subject = ", ".join(f"user:{pk}" for pk in people.values_list("pk", flat=True)[:2])
    audit.record(project=None, actor=None, action="account.sign_in_refused", subject=subject)


@receiver(account.password_changed)
@receiver(account.password_reset)
def record_password_change(user: Any, **kwargs: Any) -> None:
    """Record that a password was replaced."""
    audit.record(
        project=None, actor=user, action="account.password_changed", subject=f"user:{user.pk}"
    )
