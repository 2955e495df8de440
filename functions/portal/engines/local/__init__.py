"""SQLite, a folder, SMTP, IMAP, clamd."""
