"""The use cases, each in a few lines."""
