"""Ingestion, the first four doors: upload → parse → normalise → store; ingest.py is the stage's
public door.
"""
