"""What the `hotline` command does, one noun a file; bot/cli.py is the table of contents."""
