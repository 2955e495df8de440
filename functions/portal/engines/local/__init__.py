"""SQLite, a folder, SMTP."""
