"""Reshaping: tables whose rows are no bookings as they stand. reshape.py is the
door; each step stands beside it, all of them in the words of steps.py.
"""
