"""The C part of reading: ``binding.py`` is its door, and ``native.h`` tells how it works."""
