"""Pulling feeds from their vendors' APIs into files of the home that landing reads like those of the inbox.

What a feed's interface is belongs to orchestration/sources, what its records must be to landing.
"""
