"""Every diagnosis, one a file, in the folder of its family."""
