"""Door 5, matching: which bank transactions and ledger entries are the same event.

Pure but for run.py, runs.py, run_report.py and settings.py. Read engine.py first: it is the list
of passes. Words and numbers: tokens, names, agreement. What a line is: reading. Pairs worth
weighing: edges, lookalikes, candidates. How strong: weights. How sure: marginals, twins, dense,
pairs. Groups: stars, groups_by_number, remainders, keys, groups_by_key, fees, structure. What
differs: differences, tolerant. One side alone: reversals. What is not sure: suggestions, subsets.
Why open: clues, diagnosis. What is remembered: memory, aliases. How it reads: evidence,
explanations, report. Is it true: decoy.
"""
