"""The public pages: openings for everybody, and private ones by a link."""
