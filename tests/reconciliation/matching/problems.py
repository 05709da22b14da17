"""Shared matching problems with truth: read their two files as columns, write predictions, score
them.

Run as a script: ``python -m tests.reconciliation.matching.problems [--rules] [name …]``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib.util
import os
import time
from collections import Counter
from pathlib import Path

import numpy as np

from reconciliation.columns import NO_DAY, LineColumns, day_number
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED, Proposals
from reconciliation.matching.ruleset import Ruleset
from reconciliation.money import parse_plain
from reconciliation.vocabulary import Side

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("RECONCILE_MATCHING", ROOT.parent / "shared" / "matching"))

COLUMNS = (
    "group_precision", "group_recall", "wrong", "row_recall", "value_recall",
    "top1", "top3", "open_groups",
)  # fmt: skip
HEADING = (
    "problem             prec      rec    wrong   rowrec   valrec     top1     top3     open    sec"
)


def problem_names() -> list[str]:
    """Return the names of the shared problems, none where they are absent."""
    return sorted(path.parent.name for path in SHARED.glob("*/truth.csv"))


def read_side(path: Path, side: Side) -> LineColumns:
    """Return one side's file as columns; ids are the row ids without their letter."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    n = len(rows)

    def texts(name: str) -> np.ndarray:
        out = np.empty(n, dtype=object)
        out[:] = [row.get(name) or "" for row in rows]
        return out

    ids = np.array([int(row["row_id"][1:]) for row in rows], np.int64)
    days = [day_number(dt.date.fromisoformat(row["date"])) for row in rows]
    return LineColumns(
        side,
        ids,
        ids.astype(np.int32),
        np.array(days, np.int32),
        np.full(n, NO_DAY, np.int32),
        np.array([parse_plain(row["amount"], 2) for row in rows], np.int64),
        texts("reference"),
        texts("description"),
        texts("payee"),
        texts("type" if side is Side.BANK else "journal"),
    )


def load_problem(name: str) -> tuple[LineColumns, LineColumns]:
    """Return the bank and the ledger columns of a shared problem."""
    return (
        read_side(SHARED / name / "bank.csv", Side.BANK),
        read_side(SHARED / name / "ledger.csv", Side.LEDGER),
    )


def predictions(found: Proposals, outcome: int) -> tuple[dict, dict]:
    """Return {(side letter, row id): group} and {group: rule} of the groups of one outcome."""
    chosen, rule = {}, {}
    for group, side, line in zip(
        found.member_group.tolist(),
        found.member_side.tolist(),
        found.member_line.tolist(),
        strict=True,
    ):
        if found.outcome[group] == outcome:
            chosen["bl"[side], f"{'BL'[side]}{line}"] = group
            rule[group] = found.rule[group]
    return chosen, rule


def scorer():
    """Return the shared scoring module."""
    spec = importlib.util.spec_from_file_location("shared_score", SHARED / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(name: str, found: Proposals) -> dict:
    """Return the shared scorer's figures of the matched groups, and the share of open groups
    offered.
    """
    module = scorer()
    books = module.load(str(SHARED / name))
    chosen, rule = predictions(found, MATCHED)
    figures = module.evaluate(*books, chosen, rule)
    figures.update(offered_share(books, found))
    return figures


def offered_share(books, found: Proposals) -> dict:
    """Return how many true groups left open are among the first 1 and the first 3 suggestions."""
    bank, ledger, truth = books
    sign = {("b", k): ("b", *v) for k, v in bank.items()} | {
        ("l", k): ("l", *v) for k, v in ledger.items()
    }
    members: dict[int, list] = {}
    for group, side, line in zip(
        found.member_group.tolist(),
        found.member_side.tolist(),
        found.member_line.tolist(),
        strict=True,
    ):
        members.setdefault(group, []).append(("bl"[side], f"{'BL'[side]}{line}"))
    matched = {key for g, keys in members.items() if found.outcome[g] == MATCHED for key in keys}
    best: dict[tuple, int] = {}
    for g, keys in members.items():
        if found.outcome[g] != MATCHED:
            signature = tuple(sorted(sign[key] for key in keys))
            best[signature] = min(best.get(signature, 99), int(found.rank[g]))
    groups: dict[str, list] = {}
    for key, group in truth.items():
        groups.setdefault(group, []).append(key)
    still = [v for v in groups.values() if len(v) > 1 and not any(key in matched for key in v)]
    ranks = [best.get(tuple(sorted(sign[key] for key in keys)), 99) for keys in still]
    total = max(len(ranks), 1)
    return {
        "open_groups": len(ranks),
        "top1": sum(rank <= 1 for rank in ranks) / total,
        "top3": sum(rank <= 3 for rank in ranks) / total,
    }


def main() -> None:
    """Print one line per problem, and pooled precision and recall."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--differences", default="auto")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    pooled = Counter()
    print(HEADING)
    for name in asked.names or problem_names():
        bank, ledger = load_problem(name)
        began = time.perf_counter()
        found = propose_matches(bank, ledger, ruleset=Ruleset(differences=asked.differences))
        seconds = time.perf_counter() - began
        got = score(name, found)
        pooled.update({k: got[k] for k in ("pred_groups", "equivalent", "true_groups")})
        print(name.ljust(16), *(f"{got[c]:8.4f}" for c in COLUMNS), f"{seconds:6.1f}")
        if asked.rules:
            for rule, counts in got.get("by_rule", {}).items():
                print(f"    {rule:30} groups {counts['groups']:6}  wrong {counts['wrong']}")
    print(
        f"{'pooled':16} {pooled['equivalent'] / max(pooled['pred_groups'], 1):8.5f} "
        f"{pooled['equivalent'] / max(pooled['true_groups'], 1):7.4f}"
    )


if __name__ == "__main__":
    main()
