"""What staff can look up later: visitors, transcripts, tickets and feedback, kept in SQL."""
