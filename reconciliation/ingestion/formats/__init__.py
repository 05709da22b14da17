"""Formats: files that are no plain text tables. bank_formats.py reads what banks agreed on,
sheets.py workbooks, written.py what programs write as pages, XML, JSON, QIF or SYLK.
"""
