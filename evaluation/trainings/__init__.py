"""Real, small, seeded trainings: healthy ones, and twins with one fault injected at a time.

`plan.py` is what a training consists of, `data.py` the data, `bases.py` the healthy trainings. A
fault is a function from a plan and a severity to another plan; `rates.py`, `starts.py`,
`examples.py` and `shapes.py` hold them. `train.py` trains a plan and writes its log with the stock
TensorBoard callback. `grid.py` lists all of them, `truth.py` says which of them are faulty and
show it, and which are clean: from the trained networks themselves, never from the logs.
"""
