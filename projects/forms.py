"""What people may say about a project: its settings, its members, a typed confirmation."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import validate_email

from projects.currency import COMMON_CURRENCIES, CURRENCY_STAYS, currency_decimals
from projects.models import BALANCE_LIMIT, Project, Role

DEFAULT_CURRENCY = "EUR"
BALANCES = {"bank_opening": "bank_opening_minor", "ledger_opening": "ledger_opening_minor"}
AMOUNTS = BALANCES | {"write_off_limit": "write_off_limit_minor"}

#: The roles that can be given; ownership is handed over, not given.
GIVEN_ROLES = [
    (Role.VIEWER, "Viewer: reads and exports"),
    (Role.REVIEWER, "Reviewer: also notes and unlocks"),
    (Role.EDITOR, "Editor: imports, runs and matches"),
]


class CurrencyField(forms.RegexField):
    """A currency code; small letters are taken for capital ones."""

    def __init__(self, **kwargs: Any) -> None:
        """Expect three letters."""
        super().__init__(r"^[A-Z]{3}\Z", strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the code in capital letters."""
        return (super().to_python(value) or "").upper()


class AmountField(forms.DecimalField):
    """An amount as people write it or copy it from our pages: 4820.15, 4,820.15, −4 820.15."""

    widget = forms.TextInput
    #: Commas or spaces between groups of three; a comma alone may be a decimal one: refused.
    grouped = re.compile(r"-?\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*\.\d+\Z")

    def __init__(self, **kwargs: Any) -> None:
        """Let the amount be left out; say how one is written."""
        sentence = {"invalid": "Enter an amount like 4820.15 or 4,820.15."}
        super().__init__(required=False, max_digits=20, error_messages=sentence, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Any:
        """Return the amount without its grouping."""
        if isinstance(value, str):
            value = re.sub(r"\s", " ", value.strip()).replace("\u2212", "-")
            if self.grouped.match(value):
                value = re.sub("[, ]", "", value)
        return super().to_python(value)


class ProjectForm(forms.Form):
    """A project's settings as text; ``settings()`` returns them as the model's fields."""

    name = forms.CharField(
        max_length=200,
        label="Name",
        help_text="The account and the period, for example “Operating account, December 2025”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    currency = CurrencyField(
        required=False,
        initial=DEFAULT_CURRENCY,
        empty_value=DEFAULT_CURRENCY,
        label="Currency",
        help_text="Three letters, for example EUR. It decides how many decimals amounts have.",
        error_messages={"invalid": "A currency has three letters, for example EUR."},
        widget=forms.TextInput(attrs={"list": "currencies", "maxlength": 3, "size": 4}),
    )
    period_start = forms.DateField(
        required=False,
        label="Period from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    period_end = forms.DateField(
        required=False,
        label="Period to",
        help_text="The age of a break is counted to this day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    bank_opening = AmountField(label="Bank opening balance")
    ledger_opening = AmountField(
        label="Ledger opening balance",
        help_text="With both opening balances the overview can prove the closing balances.",
    )

    write_off_limit = AmountField(
        min_value=0,
        label="Write-off limit",
        help_text="The largest difference people may write off or call rounding in one match; "
        "0 allows none.",
    )

    common_currencies = COMMON_CURRENCIES

    def __init__(self, *args: Any, project: Project | None = None, **kwargs: Any) -> None:
        """Start from the settings of ``project``, if there is one."""
        if project is not None:
            kwargs.setdefault("initial", initial_settings(project))
        self.project = project
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Check the period, and that the amounts fit the currency's decimals."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("period_start"), cleaned.get("period_end")
        if start and end and start > end:
            self.add_error("period_end", f"{end} is before the period's first day, {start}.")
        for name in AMOUNTS:
            if problem := check_amount(cleaned.get(name), cleaned.get("currency", "")):
                self.add_error(name, problem)
        return cleaned

    def clean_currency(self) -> str:
        """Keep the currency once a file was read with its decimals."""
        currency = self.cleaned_data["currency"]
        project = self.project
        if project and currency != project.currency and project.source_files.exists():
            raise forms.ValidationError(CURRENCY_STAYS.format(project.currency))
        return currency

    def settings(self) -> dict[str, Any]:
        """Return the validated settings by the names of the model's fields."""
        cleaned = self.cleaned_data
        decimals = currency_decimals(cleaned["currency"])
        named = {key: cleaned[key] for key in ("name", "currency", "period_start", "period_end")}
        amounts = {
            field: None if cleaned[key] is None else int(cleaned[key].scaleb(decimals))
            for key, field in AMOUNTS.items()
        }
        if amounts["write_off_limit_minor"] is None:
            del amounts["write_off_limit_minor"]
        return named | amounts


def check_amount(amount: Decimal | None, currency: str) -> str:
    """Return why an amount cannot be kept in the currency, "" where it can."""
    if amount is None or not currency:
        return ""
    decimals = currency_decimals(currency)
    minor = amount.scaleb(decimals)
    if minor != minor.to_integral_value():
        return f"{amount} has more decimals than {currency} has ({decimals})."
    return f"{amount} is larger than an amount can be." if abs(minor) > BALANCE_LIMIT else ""


class MemberForm(forms.Form):
    """Whom to add, and as what."""

    name = forms.CharField(
        max_length=254,
        label="User name or e-mail address",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(choices=GIVEN_ROLES, initial=Role.VIEWER, label="Role")

    @property
    def is_address(self) -> bool:
        """Say whether an e-mail address was given and not a name."""
        return "@" in self.cleaned_data["name"]

    def clean_name(self) -> str:
        """Check what looks like an address."""
        name = str(self.cleaned_data["name"])
        if "@" in name:
            validate_email(name)
        return name


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=GIVEN_ROLES, label="Role")


class ConfirmForm(forms.Form):
    """The project's name, typed to confirm what cannot be taken back."""

    confirmation = forms.CharField(max_length=200)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        """Expect the name of ``project``."""
        super().__init__(*args, **kwargs)
        self.expected = project.name

    def clean_confirmation(self) -> str:
        """Refuse anything but the very name."""
        typed = self.cleaned_data["confirmation"]
        if typed.strip() != self.expected.strip():
            raise forms.ValidationError(
                f"“{typed}” is not the project's name, “{self.expected}”; nothing was changed."
            )
        return typed

    @property
    def sentence(self) -> str:
        """Return what is wrong, for a message."""
        typed = self.errors.get("confirmation")
        if typed and self.data.get("confirmation", "").strip():
            return str(typed[0])
        return "Type the project's name to confirm; nothing was changed."


def initial_settings(project: Project) -> dict[str, Any]:
    """Return the project's settings as the form shows them."""
    named = {
        key: getattr(project, key) for key in ("name", "currency", "period_start", "period_end")
    }
    balances = {
        key: None if minor is None else f"{Decimal(minor).scaleb(-project.decimals):f}"
        for key, minor in ((key, getattr(project, field)) for key, field in AMOUNTS.items())
    }
    return named | balances
