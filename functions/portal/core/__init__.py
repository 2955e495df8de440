"""Decides; knows no clock, file, network or library."""
