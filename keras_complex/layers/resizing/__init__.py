"""Enlarging of complex sequences, maps and volumes."""
