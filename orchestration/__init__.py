"""The nightly run: sources, landing, jobs, publishing and the command line around them.

Transformations belong to dbt_project/, checks of data to data_quality/.
"""
