"""Diagnose neural-network training from TensorBoard event files."""

__version__ = "0.1.0"
