"""Benchmarks: problems with known truth, simple baselines, and the score of either. Not used by
pages.
"""
