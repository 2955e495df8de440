"""Looks at what a portal in service stands on: names, relay, machine, site, backups. Changes nothing there."""
