"""One street, seven doors: how a bank statement comes to agree with the general ledger.

1. upload     reconciliation.ingestion.upload       bytes become a stored source file
2. parse      reconciliation.ingestion.parse        a file becomes a table of text cells
3. normalise  reconciliation.ingestion.normalise    text cells become dates, amounts, references
4. store      reconciliation.ingestion.store        the lines enter the books, by COPY
5. match      reconciliation.matching.run           lines of both sides are paired where it is sure
6. review     reconciliation.review.breaks          people match what stayed open
7. report     reconciliation.reporting.statement    the books prove themselves
"""
