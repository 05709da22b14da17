"""One street, seven doors: how a bank statement comes to agree with the general ledger.

1. upload     reconciliation.ingestion.upload       bytes become a stored source file
2. parse      reconciliation.ingestion.parse        a file becomes a table of text cells
3. normalise  reconciliation.ingestion.normalise    text cells become dates, amounts, references
4. store      reconciliation.ingestion.store        the lines enter the books, by COPY
5. match      reconciliation.matching.run           lines of both sides are paired where it is sure
6. review     reconciliation.review.breaks          people match what stayed open
7. report     reconciliation.reporting.statement    the books prove themselves

Between the doors, what all of them share:

words and values   vocabulary, errors, money, columns (how lines travel), period, ages
into the books     transactions (the one way), groups, group_columns, entries (posted later), books
in bulk            copying, copy_text, copy_binary, open_lines, row_lists, csv_cells,
                   keyset (places in lists)
about the books    diagnoses (why lines are open), proof (the balances), verification (everything),
                   subjects (what events are about), kept (figures over very many lines)
in the background  jobs, job_access, tasks, undoing (large runs and files), aside (a second
                   connection), blobs (stored files)
to look around     demo, sample_month
"""
