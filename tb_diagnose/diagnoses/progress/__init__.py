"""The run does not get where it could: it never starts, gets stuck, or crawls."""
