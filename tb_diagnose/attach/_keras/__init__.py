"""Attaching to Keras 3, on each of its back ends, and to loops around ``tf.GradientTape``."""
