"""Alerts: what is wrong with the nights, told once to whoever is on duty, by mail, chat or webhook.

What goes wrong is found out elsewhere; nothing here can stop or fail a night.
"""
