"""Writes emails and calendar entries."""
