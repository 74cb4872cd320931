"""Convolutions of complex sequences, maps and volumes."""
