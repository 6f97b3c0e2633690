"""From bytes to columns: record by record, or a whole block of them at once (``engine.py``)."""
