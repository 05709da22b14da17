"""What allauth says on our pages, in plain sentences that give no account away."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter

WRONG_PAIR = "This name or e-mail and this password do not belong together."


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter with our wording; whether an account exists changes no answer at log-in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG_PAIR,
        "email_password_mismatch": WRONG_PAIR,
        "too_many_login_attempts": "Too many tries. Wait a few minutes, then try again.",
        "enter_current_password": "This is not your password until now.",
        "email_taken": "Somebody has signed up with this e-mail address already.",
        "username_taken": "Somebody has this name already.",
    }
