"""What the office's clerk meets: all cases and people, and what is set right or accounted for."""
