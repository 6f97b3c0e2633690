"""Attaching to PyTorch, Lightning and the Hugging Face Trainer."""
