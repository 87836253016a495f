"""Transformation: which dates a run builds, and how dbt is run for them.

Models belong to dbt_project/.
"""
