"""All faults, by name."""

from trainings.faults import examples, logger, plain_sgd, rates, shapes, starts
from trainings.faults.registry import Fault, union

#: In an order that later ones do not change, as the grid draws one after the other.
FAULTS = union(
    rates.FAULTS, examples.FAULTS, starts.FAULTS, shapes.FAULTS, logger.FAULTS, plain_sgd.FAULTS
)

__all__ = ["FAULTS", "Fault"]
