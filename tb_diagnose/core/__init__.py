"""What all rooms speak about: runs, models, findings, settings. Nothing here judges."""
