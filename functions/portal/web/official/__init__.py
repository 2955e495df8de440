"""What an official meets: his desk, a case to decide, and the register that he keeps."""
