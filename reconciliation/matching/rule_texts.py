"""What each rule does, in a sentence for the person who switches it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULE_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "reversal": "A line and a later one of the same side that takes it back.",
        "amount_number_name": "One bank line, one ledger entry: amount, number and name agree.",
        "amount_and_number": "One to one: amount and a number that few other lines show.",
        "amount_and_name": "One to one: amount and name, dates near each other.",
        "amount_and_alias": "One to one: the bank writes another name, known from earlier matches.",
        "amount_and_date": "One to one by amount and date alone, where hardly another line fits.",
        "interchangeable": "Equal lines: whichever is taken, what stays open is the same.",
        "reference_group": "Lines that share a number and add up to the last digit.",
        "reference_net_of_fee": "A numbered batch, paid less a fee learned from other batches.",
        "reference_and_remainder": "Numbered lines and one more of the same name make up the rest.",
        "structure_group": "All lines of a day, source or payee add up to one line.",
        "structure_net_of_fee": "The same, less a fee learned from numbered batches.",
        "number_with_difference": "Same number, but digits transposed, sign turned, rounding …",
        "name_with_difference": "Same name, amounts close: exchange rates, deducted fees.",
        "block": "As many equal lines on either side; only ever suggested.",
        "subset_sum": "Lines that happen to add up; only ever suggested.",
    }
)
