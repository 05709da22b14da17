"""The sign-up and log-in forms: allauth's, in the words of this house."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import forms as allauth_forms

#: What sending the mail takes at least: longer than the work that only a known address causes.
EVEN_SECONDS = 0.5


class LoginForm(allauth_forms.LoginForm):
    """``login`` (name or e-mail address), ``password``, and whether to stay logged in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields as people here call them."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Name or e-mail"
        self.fields["password"].help_text = ""
        self.fields["remember"].label = "Stay logged in on this device"
        drop_placeholders(self)


class SignupForm(allauth_forms.SignupForm):
    """``username``, ``email``, ``password1`` and ``password2``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields as people here call them."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.fields["username"].help_text = "Shown to the people you share projects with."
        self.fields["email"].label = "E-mail"
        self.fields["password1"].help_text = "At least 12 characters; a sentence is easy to keep."
        self.fields["password2"].label = "Password once more"
        drop_placeholders(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """``email``: where the link is to be sent. Takes as long whether anybody has the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field as people here call it."""
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
        drop_placeholders(self)

    def save(self, request: Any, **kwargs: Any) -> str:
        """Send the mail, and let time pass until EVEN_SECONDS are over."""
        began = time.monotonic()
        email = super().save(request, **kwargs)
        time.sleep(max(0.0, began + EVEN_SECONDS - time.monotonic()))
        return email


class AddEmailForm(allauth_forms.AddEmailForm):
    """``email``: the address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field as people here call it."""
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New address"
        drop_placeholders(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """``oldpassword``, ``password1`` and ``password2``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields as people here call them."""
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Password until now"
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = "At least 12 characters; a sentence is easy to keep."
        self.fields["password2"].label = "New password once more"
        drop_placeholders(self)


def drop_placeholders(form: Any) -> None:
    """Take the placeholders away: they only repeat the label and vanish when one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
