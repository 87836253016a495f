"""The Dagster graph: assets, job, schedule, sensor, and how a run of it is started.

What a stage does belongs to nightly.py.
"""
