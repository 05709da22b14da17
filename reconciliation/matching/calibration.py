"""Calibration: the probability as it is shown, and how it follows what people decided.

Law: pages, workbook and report read what is stored here, once; the engine decides by the raw
probability and never by the shown one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: The raw logit is multiplied by this before it is shown: on the safe side of what was measured
#: (0.97 on generated problems, 0.99 on the shared ones; table in DECISIONS.md).
USUAL_SLOPE = 0.9
#: No match is shown as surer than matches on generated books turn out to be (7 wrong of
#: 188,103).
SUREST = 0.9999
#: A slope is fitted to so many decisions of a project, so many of either outcome among them.
LEAST_DECISIONS, LEAST_EITHER = 200, 10
#: A fitted slope stays within these bounds, and this near to the usual one unless much speaks
#: against it (standard deviation of the prior).
LOWEST_SLOPE, HIGHEST_SLOPE, PRIOR = 0.3, 1.0, 0.3
_MOST = 1.0 - 1e-9
_STEPS = 25


def shown_probability(chance: Floats, slope: float | None = None) -> Floats:
    """Return the probability to show: never more than calibration allows."""
    chance = np.clip(chance, 1e-9, _MOST)
    calibrated = _sigmoid((slope or USUAL_SLOPE) * _logit(chance))
    return np.minimum(np.minimum(calibrated, chance), SUREST)


def fit_slope(shown: Floats, slope: Floats, right: NDArray[np.bool_]) -> float | None:
    """Return the slope that fits what people decided, None where they decided too little.

    ``shown`` probabilities, under the ``slope`` each was shown with, were ``right`` or wrong. Below
    one half nothing is calibrated, so only likelier ones count.
    """
    likely = (shown > 0.5) & (shown < 1.0)
    logit, hit = _logit(shown[likely]) / slope[likely], right[likely]
    if len(hit) < LEAST_DECISIONS or min(hit.sum(), (~hit).sum()) < LEAST_EITHER:
        return None
    fitted = USUAL_SLOPE
    for _ in range(_STEPS):
        chance = _sigmoid(fitted * logit)
        rise = ((hit - chance) * logit).sum() - (fitted - USUAL_SLOPE) / PRIOR**2
        bend = (chance * (1 - chance) * logit**2).sum() + 1 / PRIOR**2
        fitted += rise / bend
    return round(float(np.clip(fitted, LOWEST_SLOPE, HIGHEST_SLOPE)), 3)


def _logit(chance: Floats) -> Floats:
    """Return the logarithm of the odds."""
    return np.log(chance) - np.log1p(-chance)


def _sigmoid(logit: Floats) -> Floats:
    """Return the probability of the logarithm of odds."""
    return 1.0 / (1.0 + np.exp(-logit))
