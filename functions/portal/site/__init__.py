"""What MkDocs is given."""
