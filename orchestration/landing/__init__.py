"""Landing: files of the inbox become immutable Parquet and ledger entries.

What dbt makes of them does not belong here.
"""
