"""Puts every diagnosis to every run and dates, groups and explains what it finds."""
