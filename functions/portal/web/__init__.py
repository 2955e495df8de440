"""The dynamic pages, a file per kind of person."""
