"""Tier policies as an analyst edits them: read and checked, their cut-offs, their simulation.

How a person's tier is evaluated belongs to dbt_project/models/intermediate/tiers.
"""
