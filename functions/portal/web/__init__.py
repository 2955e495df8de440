"""What all dynamic pages share; those of each kind of person are rooms of their own."""
