"""Batches of examples for training."""
