"""All faults, by name."""

from trainings.faults import examples, logger, rates, shapes, starts
from trainings.faults.registry import Fault, union

FAULTS = union(rates.FAULTS, examples.FAULTS, starts.FAULTS, shapes.FAULTS, logger.FAULTS)

__all__ = ["FAULTS", "Fault"]
