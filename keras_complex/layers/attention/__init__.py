"""Attention, Transformers and positions of complex sequences."""
