"""Where bytes come from: local folders and files, and remote ones."""
