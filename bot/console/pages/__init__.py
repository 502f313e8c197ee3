"""The console's pages, one noun a file; each file's `routes` is its table of contents."""
