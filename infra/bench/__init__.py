"""``make bench``: what the portal costs on AWS, in time, calls and money, side by side with other ways to write it."""
