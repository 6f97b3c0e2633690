"""What was read, as columns: one for each tag, growing as the file does."""
