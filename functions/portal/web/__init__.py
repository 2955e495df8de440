"""The dynamic pages, a file for each thing that a kind of person does."""
