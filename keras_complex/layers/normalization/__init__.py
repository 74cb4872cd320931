"""Normalizations of complex values."""
