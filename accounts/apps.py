"""The accounts app: who you are."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sign-up and sign-in."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
