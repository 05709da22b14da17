"""Structure: the pass over groups by key, n:1 and 1:n, exact or net of a learned fee."""

from __future__ import annotations

import numpy as np

from reconciliation.matching.batches import groups_batch
from reconciliation.matching.groups_by_key import find_hits, hit_chances
from reconciliation.matching.proposals import MATCHED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.stars import compatible
from reconciliation.matching.working import Working


def match_structure(work: Working) -> None:
    """Match open lines with groups of the other side that belong together and add up to them."""
    if work.rules.mode("structure_group") != AUTO:
        return
    for side in (0, 1):
        leaves = work.rows(1 - side)
        value = work.reading.sides[1 - side].amount
        hits = find_hits(work, side, work.rows(side), leaves, value)
        chance = hit_chances(hits, work.unexplained[side])
        sure = chance >= work.rules.certainty
        hits, chance = hits.take(sure), chance[sure]
        keep = compatible(hits.stars, -chance)
        hits, chance = hits.take(keep), chance[keep]
        evidence = [
            {"key": family, "lines": lines, "accidental": round(expected, 6), "share_pct": round(100 * share)}
            for family, lines, expected, share in zip(
                hits.family.tolist(), hits.stars.count.tolist(), hits.expected.tolist(),
                hits.share.tolist(), strict=True,
            )
        ]
        work.add(groups_batch(MATCHED, "structure_group", chance, evidence, *hits.stars.rows()))
