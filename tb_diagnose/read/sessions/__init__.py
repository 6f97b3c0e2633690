"""From the columns of files to what a person calls a run."""
