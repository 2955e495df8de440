"""Judges and shows uploads."""
