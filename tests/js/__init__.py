"""Tests of what the browser gets: our modules (under node) and the vendored files."""
