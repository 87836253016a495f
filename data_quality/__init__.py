"""Checks of what is about to be published, and the gate that decides on them.

Keys and relations are dbt tests; nothing here transforms data.
"""
