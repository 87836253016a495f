"""Timings and comparisons with other people's code, run by `make bench`.

What a change must not break belongs to the tests.
"""
