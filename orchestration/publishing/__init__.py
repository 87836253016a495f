"""Publishing: candidates, verdicts, generations, and what puts one in force.

How a candidate is built does not belong here.
"""
