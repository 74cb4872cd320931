"""Pooling of complex sequences, maps and volumes."""
