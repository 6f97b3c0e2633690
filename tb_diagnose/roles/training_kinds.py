"""What kind of training a run is, asked by the diagnoses that concern one kind only."""

from __future__ import annotations


def no_reinforcement(reinforcement: object = None) -> str:
    """Why a diagnosis of reinforcement learning does not concern a run, ``""`` where it does."""
    return "" if reinforcement else "no sign of reinforcement learning"


def no_adversaries(generator_loss: object = None, discriminator_loss: object = None) -> str:
    """The same of generative adversarial networks."""
    return "" if generator_loss or discriminator_loss else "no generator and no discriminator"
