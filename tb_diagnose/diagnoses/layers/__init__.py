"""Layers that do not take part: stuck, dead, saturated, cut off, or badly begun."""
