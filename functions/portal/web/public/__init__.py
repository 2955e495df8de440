"""What anybody meets: where an application is, the recap, and whether an email is ours."""
