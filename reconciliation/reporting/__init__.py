"""Reporting, the seventh door: the statement that proves itself, the register, the workbook."""
