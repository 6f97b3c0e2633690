"""Small trainings with known faults: planned, trained many at once, logged as frameworks log.

data, bases → plan ← faults      what is trained, and what is wrong with it
network, losses, optimizers → train → record
record → logs/                   the event files each framework would have written
record → truth → labels          whether the fault did harm, and whether the log can show it
"""
