"""Why one person has a tier: the rows of the rules, the person's published days, the figures and their words.

What a command prints belongs to command_line/explain.py; nothing here writes.
"""
