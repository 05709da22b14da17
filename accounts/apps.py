"""The accounts app: who you are."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Users, sign-up and sign-in."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to log-ins and migrations from the start, not from the first request on."""
        from accounts import mfa_secrets, sessions  # noqa: F401 (the receiver of sessions)

        post_migrate.connect(mfa_secrets.lock_anew, sender=apps.get_app_config("mfa"))
