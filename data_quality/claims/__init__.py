"""What each check asks of the candidate: one module per suite, one function per check.

A function reads a frame of metrics and states their bounds, or returns None where history is lacking.
How a claim is judged belongs to suites.py.
"""
