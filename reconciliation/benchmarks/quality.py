"""Quality: precision and recall of the engine and of simple baselines on generated problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciliation.benchmarks.baselines import BASELINES
from reconciliation.benchmarks.problems import FAMILIES, make_problem
from reconciliation.benchmarks.scoring import Score, matched_groups, score
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.ruleset import Ruleset

HEADINGS = (
    "scenario", "precision", "recall", "line recall", "value recall", "wrong / groups", *BASELINES,
)  # fmt: skip


def quality_rows(size: int, seeds: Sequence[int], families: Sequence[str]) -> Iterator[tuple]:
    """Yield a table row for each scenario, then one for all of them together.

    A baseline's cell is its precision / recall.
    """
    pooled: dict[str, Counter] = {name: Counter() for name in ("engine", *BASELINES)}
    for family in families or FAMILIES:
        sums: dict[str, Counter] = {name: Counter() for name in pooled}
        for seed in seeds:
            for name, found in _scores(family, size, seed).items():
                sums[name].update(_counts(found))
        for name, counts in sums.items():
            pooled[name].update(counts)
        yield _row(family, sums)
    yield _row("all", pooled)


def _scores(family: str, size: int, seed: int) -> dict[str, Score]:
    """Return the engine's and every baseline's score on one problem."""
    bank, ledger, *truth = make_problem(family, size, seed)
    sides, true = (bank, ledger), (truth[0], truth[1])
    found = propose_matches(bank, ledger, ruleset=Ruleset(differences="auto"))
    scores = {"engine": score(sides, true, matched_groups(found), dict(enumerate(found.rule)))}
    for name, baseline in BASELINES.items():
        scores[name] = score(sides, true, baseline(bank, ledger))
    return scores


def _counts(found: Score) -> dict[str, float]:
    """Return a score as counts that can be added up."""
    return {
        "problems": 1, "true": found.true_groups, "groups": found.groups, "right": found.right,
        "lines": found.line_recall, "value": found.value_recall,
        **{f"wrong: {rule}": count for rule, count in found.wrong_by_rule.items()},
    }  # fmt: skip


def _row(label: str, sums: dict[str, Counter]) -> tuple:
    """Return one row of the table."""
    mine = sums["engine"]
    wrong = mine["groups"] - mine["right"]
    rules = ", ".join(f"{key[7:]} {mine[key]}" for key in sorted(mine) if key.startswith("wrong: "))
    return (
        label,
        f"{_share(mine['right'], mine['groups']):.5f}",
        f"{_share(mine['right'], mine['true']):.4f}",
        f"{_share(mine['lines'], mine['problems']):.4f}",
        f"{_share(mine['value'], mine['problems']):.4f}",
        f"{wrong} / {mine['groups']}" + (f" ({rules})" if rules else ""),
        *(
            f"{_share(sums[name]['right'], sums[name]['groups']):.3f} / "
            f"{_share(sums[name]['right'], sums[name]['true']):.3f}"
            for name in BASELINES
        ),
    )


def _share(part: float, whole: float) -> float:
    """Return part / whole, one where there is nothing."""
    return part / whole if whole else 1.0
