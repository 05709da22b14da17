"""Door 5, matching: which bank transactions and ledger entries are the same event. Pure but for
run.py.

Read engine.py first: it is the list of passes. Each pass is one module: edges (which pairs are
worth comparing), tokens (what the text says), weights (how strong a pair is), marginals (how
sure), twins (lines nobody can tell apart), groups_by_key, differences, reversals, subsets,
memory, diagnosis, explanations.
"""
