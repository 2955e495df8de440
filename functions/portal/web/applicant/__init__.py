"""What the applicant meets: his draft and its documents, his own case, and those for whom he fills in."""
