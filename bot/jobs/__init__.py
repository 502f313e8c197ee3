"""Work: wishes read, openings kept and matched, pushes planned. Pure logic; SQL is in records."""
