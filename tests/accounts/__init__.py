"""Tests of who one is: signing up, in and out, passwords, the first page."""
