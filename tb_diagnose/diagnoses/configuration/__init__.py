"""Causes that the configuration names: rates, losses, outputs, architecture."""
