"""The opening balances a proof lacks, typed where it says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from projects.forms import AmountField, check_amount
from projects.models import Project
from reconciliation.vocabulary import Side


class OpeningForm(forms.Form):
    """Opening balances of the sides; one left empty stays as it is in the settings."""

    bank_opening = AmountField(label="Bank opening balance")
    ledger_opening = AmountField(label="Ledger opening balance")

    def __init__(
        self, sent: Any = None, *, project: Project, sides: Iterable[Side] = tuple(Side)
    ) -> None:
        """Ask for the balances of ``sides`` in the project's currency."""
        super().__init__(sent)
        self._currency = project.currency
        asked = {f"{side.value}_opening" for side in sides}
        for name in self.fields.keys() - asked:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Expect at least one balance, and that each fits the currency."""
        cleaned = super().clean() or {}
        if not self.errors and all(balance is None for balance in cleaned.values()):
            raise forms.ValidationError("Enter the balance at the start of the period.")
        for name, balance in list(cleaned.items()):
            if problem := check_amount(balance, self._currency):
                self.add_error(name, problem)
        return cleaned

    def settings(self, decimals: int) -> dict[str, int]:
        """Return the balances given, in minor units, by the names of the model's fields."""
        return {
            f"{name}_minor": int(balance.scaleb(decimals))
            for name, balance in self.cleaned_data.items()
            if balance is not None
        }
