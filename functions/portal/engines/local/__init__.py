"""SQLite, a folder, SMTP, IMAP."""
