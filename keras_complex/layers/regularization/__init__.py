"""Dropout and noise of complex values."""
