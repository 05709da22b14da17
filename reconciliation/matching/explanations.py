"""Explanations: one sentence per group, made only from its rule and its evidence.

Law: every number in the sentence stands in the evidence, and the evidence follows from the lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciliation.matching.ruleset import MODE_LABELS, RULE_LABELS, Ruleset
from reconciliation.money import format_grouped

__all__ = ["MODE_LABELS", "RULE_LABELS", "explain", "told_ruleset"]

Evidence = Mapping[str, Any]

#: Expected numbers below this one are only said to be so.
LEAST_EXPECTED = 0.0001
#: Beside the evidence: the decimals of the currency, or None.
_DECIMALS = "decimals"
_RELATIONS = {
    "rounding": "a rounding difference",
    "sign": "the sign is turned round",
    "transposition": "two neighbouring digits are exchanged",
    "slide": "the decimal point has slipped",
    "digit": "one digit differs",
    "discount": "less a usual discount",
    "close": "the amounts are close",
}


def explain(rule: str, evidence: Evidence, decimals: int | None = None) -> str:
    """Return why the group was proposed, in one sentence; only the rule's name where the evidence
    is that of an older engine. Amounts are said where the currency's ``decimals`` are known."""
    say = _SENTENCES.get(rule)
    if say is None:
        raise ValueError(f"{rule!r} is not a rule")
    try:
        parts = [part for part in say({**evidence, _DECIMALS: decimals}) if part]
    except KeyError:
        parts = []
    if parts and evidence.get("taken_back"):
        parts.append("but somebody unmatched these lines before")
    if parts and evidence.get("recalled"):
        parts.append("but the ledger reverses this entry")
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if parts else f"{RULE_LABELS[rule]}."


def plural(count: int, noun: str) -> str:
    """Return ``1 day``, ``2 days``, ``1,234 lines``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def roughly(expected: float) -> str:
    """Return an expected number for the eye: ``0.002``, ``3``, ``5,189``, ``under 0.0001``."""
    if 0 < expected < LEAST_EXPECTED:
        return f"under {LEAST_EXPECTED:g}"
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:.2g}"


def _money(evidence: Evidence, name: str) -> str:
    """Return the amount of that name for the eye; "" where it cannot be said."""
    minor, decimals = evidence.get(name), evidence.get(_DECIMALS)
    return "" if minor is None or decimals is None else format_grouped(minor, decimals)


def _lag(evidence: Evidence) -> str:
    """Say how far apart the dates are."""
    days = evidence.get("lag_days")
    if days is None:
        return ""
    if days == 0:
        return "same date"
    return f"bank {plural(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def _number(evidence: Evidence) -> str:
    """Name the number the lines share."""
    return f"both show number {evidence['number']}" if evidence.get("number") else ""


def _name(evidence: Evidence) -> str:
    """Say how the bank's wording goes with the ledger's name; words said twice are said once."""
    if not evidence.get("name"):
        return ""
    part = "" if evidence.get("name_level") == 2 else "part of "
    return f"the bank's wording fits {part}“{' '.join(dict.fromkeys(evidence['name'].split()))}”"


def _others(evidence: Evidence) -> str:
    """Say how many other lines have this amount, and how many would look alike."""
    same, alike = evidence.get("same_amount"), evidence.get("alike")
    if same is None:
        return ""
    if same == 0:
        return "no other line has this amount"
    expected = "" if alike is None else f" ({roughly(alike)} expected by chance)"
    return f"{plural(same, 'other line')} of this amount{expected}"


def _same_amount(evidence: Evidence) -> list[str]:
    """Say what speaks for a pair of equal amounts."""
    copies = "the earliest of lines that differ in their date alone" if "copies" in evidence else ""
    said = (_lag(evidence), _number(evidence), _name(evidence), _others(evidence))
    return ["same amount", *said, copies]


def _alias(evidence: Evidence) -> list[str]:
    """Say that the bank uses another name."""
    name = evidence.get("name", "")
    known = f"the bank's name for {name} is known from earlier matches" if name else ""
    return ["same amount", known, _lag(evidence), _others(evidence)]


def _interchangeable(evidence: Evidence) -> list[str]:
    """Say that any choice among equal lines gives the same books."""
    return [
        *_same_amount(evidence),
        "lines nobody can tell apart, any choice gives the same result",
    ]


def _reversal(evidence: Evidence) -> list[str]:
    """Say that one line takes the other back."""
    number, days = evidence.get("number"), evidence.get("lag_days", 0)
    shown = f"shared number {number}" if number else "same name"
    when = plural(days, "day") + " later" if days else "on the same date"
    return [f"one line reverses the other {when}: opposite amount", shown]


def _reference_group(evidence: Evidence) -> list[str]:
    """Say that the lines sharing a reference add up."""
    shown = f" share {evidence['number']} and" if evidence.get("number") else ""
    if "bank_lines" not in evidence:
        return [f"{plural(evidence['lines'], 'line')}{shown} add up exactly"]
    both = (f"{evidence[f'{side}_lines']} {side} lines" for side in ("bank", "ledger"))
    return [f"{' and '.join(both)}{shown} have the same total, and no part of them has"]


def _fee(evidence: Evidence) -> str:
    """Say the fee schedule."""
    parts = [f"{evidence['fee_pct']:g} %"] if evidence.get("fee_pct") else []
    fixed = _money(evidence, "fee_fixed_minor") or f"{evidence.get('fee_fixed_minor')} minor units"
    parts += [fixed] if evidence.get("fee_fixed_minor") else []
    kept = _money(evidence, "fee_minor")
    total = f": {kept} in all" if kept else ""
    return f"less {' plus '.join(parts) or 'the fee'} per line, to the last digit{total}"


def _reference_fee(evidence: Evidence) -> list[str]:
    """Say that a referenced batch was paid net of its fee."""
    shown = f" share {evidence['number']}" if evidence.get("number") else ""
    return [f"{plural(evidence['lines'], 'line')}{shown}", _fee(evidence)]


def _remainder(evidence: Evidence) -> list[str]:
    """Say that one more line makes up what the references leave over."""
    rest = _money(evidence, "remainder_minor")
    return [
        f"{plural(evidence['lines'], 'line')} add up: all but one are named by reference, and the "
        f"remainder{' of ' if rest else ''}{rest} is exactly one more open line of the same name"
    ]


def _structure(evidence: Evidence) -> list[str]:
    """Say by what the lines belong together, and how usual that is."""
    return [
        f"{plural(evidence['lines'], 'line')} of one {evidence['key']} add up exactly",
        f"{roughly(evidence['accidental'])} accidental hits expected",
        f"at least {evidence['share_pct']} % of such lines reconcile this way",
    ]


def _structure_fee(evidence: Evidence) -> list[str]:
    """Say the same of a batch net of its fee."""
    return [_structure(evidence)[0].replace(" add up exactly", ""), _fee(evidence),
            *_structure(evidence)[1:]]  # fmt: skip


def _difference(evidence: Evidence) -> list[str]:
    """Say how the amounts differ and what still speaks for the pair."""
    relation = _RELATIONS.get(evidence.get("relation", ""), "the amounts differ")
    bank, ledger = _money(evidence, "bank_minor"), _money(evidence, "ledger_minor")
    if bank and ledger:
        gap = {**evidence, "gap_minor": evidence["bank_minor"] - evidence["ledger_minor"]}
        relation += (
            f": {bank} at the bank, {ledger} in the ledger, {_money(gap, 'gap_minor')} to post"
        )
    return [_number(evidence), _name(evidence), _lag(evidence), relation]


def _block(evidence: Evidence) -> list[str]:
    """Say that the pairing inside a block does not matter."""
    return [
        f"{plural(evidence['lines'], 'line')} of one amount on either side belong together; "
        "which is paired with which makes no difference to what stays open"
    ]


def _subset(evidence: Evidence) -> list[str]:
    """Say how many ways there are to add up."""
    count = evidence["solutions"]
    ways = "the only way" if count == 1 else f"one of {count:,} ways"
    if evidence.get("stopped"):
        ways += " found before the search stopped"
    return [
        f"{plural(evidence['lines'], 'line')} happen to add up",
        f"{ways} among {plural(evidence['candidates'], 'candidate')}",
        f"{roughly(evidence['accidental'])} such sums expected by accident",
    ]


_SENTENCES: dict[str, Callable[[Evidence], list[str]]] = {
    "reversal": _reversal,
    "amount_number_name": _same_amount,
    "amount_and_number": _same_amount,
    "amount_and_name": _same_amount,
    "amount_and_alias": _alias,
    "amount_and_date": _same_amount,
    "interchangeable": _interchangeable,
    "reference_group": _reference_group,
    "reference_net_of_fee": _reference_fee,
    "reference_and_remainder": _remainder,
    "structure_group": _structure,
    "structure_net_of_fee": _structure_fee,
    "number_with_difference": _difference,
    "name_with_difference": _difference,
    "block": _block,
    "subset_sum": _subset,
}


def told_ruleset(stored: Mapping[str, Any], decimals: int) -> list[str]:
    """Return what a run with this stored ruleset did, one plain sentence each."""
    return Ruleset.from_json(stored).describe(decimals)
