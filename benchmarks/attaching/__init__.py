"""Trainings that ``benchmarks/attach.py`` times, each in a process of its own."""
