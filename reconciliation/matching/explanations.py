"""Explanations: one sentence per group, made only from its rule and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciliation.matching.ruleset import RULE_LABELS

__all__ = ["RULE_LABELS", "explain"]


def explain(rule: str, evidence: Mapping[str, Any]) -> str:
    """Return why the group was proposed, in one sentence; every number in it is in ``evidence``."""
    parts = [*_shared_words(evidence), *_lag_words(evidence), *_alike_words(evidence)]
    return (
        f"{RULE_LABELS.get(rule, rule)}: {', '.join(parts)}." if parts else f"{RULE_LABELS[rule]}."
    )


def _lag_words(evidence: Mapping[str, Any]) -> list[str]:
    """Say how far apart the dates are."""
    if "lag_days" not in evidence:
        return []
    days = evidence["lag_days"]
    if days == 0:
        return ["same date"]
    return [f"bank {plural(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"]


def _shared_words(evidence: Mapping[str, Any]) -> list[str]:
    """Name the number the lines share."""
    return [f"both show {evidence['number']}"] if evidence.get("number") else []


def _alike_words(evidence: Mapping[str, Any]) -> list[str]:
    """Say how many other lines look like these."""
    if "alike" not in evidence:
        return []
    count = evidence["alike"]
    if count == 0:
        return ["no other line looks like these"]
    return [f"{plural(count, 'other line')} {'look' if count > 1 else 'looks'} like these"]


def plural(count: int, noun: str) -> str:
    """Return ``1 day``, ``2 days``, ``1,234 lines``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
