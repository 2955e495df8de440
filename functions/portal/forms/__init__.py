"""What is asked and said."""
