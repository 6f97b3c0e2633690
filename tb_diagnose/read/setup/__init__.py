"""The setup that an attached training describes, read as a ``ModelConfig``."""

from tb_diagnose.read.setup.config import with_setup

__all__ = ["with_setup"]
