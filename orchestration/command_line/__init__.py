"""The command line: arguments, what is printed, exit statuses.

Work belongs to the modules it calls.
"""
